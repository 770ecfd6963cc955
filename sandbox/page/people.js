// Faces: a coloured tile with initials for people, the green light for the app.

import { h } from "./dom.js";
import { isBot, nameOf, workspace } from "./workspace.js";

const TINTS = 6;

export function avatar(id) {
  if (isBot(id))
    return h("span", { class: "avatar avatar-app", "aria-hidden": "true" }, h("span", { class: "lamp" }));
  const initials = nameOf(id)
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => word[0]?.toUpperCase() ?? "")
    .join("");
  const index = workspace.people.findIndex((one) => one.id === id);
  return h(
    "span",
    { class: `avatar tint-${(index < 0 ? (id?.length ?? 0) : index) % TINTS}`, "aria-hidden": "true" },
    initials,
  );
}
