// Ctrl or Cmd+K: jump to a channel, a conversation, Home, or become somebody else.

import { freshId, h } from "./dom.js";
import { appName, channelLabel, roleOf, visibleChannels, workspace } from "./workspace.js";

/** Opens the switcher; `go` takes {channel} | {home: true} | {as}. */
export function openSwitcher(go) {
  if (document.querySelector("dialog[open]")) return;
  const back = document.activeElement;
  const listId = freshId("jump");
  const field = h("input", {
    class: "field",
    type: "text",
    role: "combobox",
    "aria-expanded": "true",
    "aria-controls": listId,
    "aria-label": "Jump to",
    placeholder: "A channel, a person, Home…",
    autocomplete: "off",
    autofocus: true,
  });
  const list = h("ul", { class: "completions", role: "listbox", id: listId, "aria-label": "Places" });
  const dialog = h(
    "dialog",
    { class: "dialog dialog-jump", role: "dialog", "aria-label": "Jump to" },
    field,
    list,
  );
  let found = [];
  let at = 0;
  const leave = (target) => {
    dialog.close();
    dialog.remove();
    back?.focus?.({ preventScroll: true });
    if (target) go(target);
  };
  const mark = () => {
    [...list.children].forEach((row, index) => row.setAttribute("aria-selected", String(index === at)));
    if (list.children[at]) field.setAttribute("aria-activedescendant", list.children[at].id);
  };
  const draw = () => {
    const wanted = field.value.trim().toLowerCase();
    found = places().filter((one) => `${one.label} ${one.hint ?? ""}`.toLowerCase().includes(wanted));
    at = 0;
    list.replaceChildren(
      ...found.map((one, index) =>
        h(
          "li",
          { role: "option", id: `${listId}-${index}`, onclick: () => leave(one.target) },
          h("span", { class: "menu-label" }, one.label),
          one.hint && h("span", { class: "menu-hint" }, one.hint),
        ),
      ),
    );
    mark();
  };
  field.addEventListener("input", draw);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") leave(found[at]?.target);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      at = found.length ? (at + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length : 0;
      mark();
    } else return;
    event.preventDefault();
  });
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    leave(null);
  });
  dialog.addEventListener("click", (event) => event.target === dialog && leave(null));
  document.body.append(dialog);
  draw();
  dialog.showModal();
}

function places() {
  const { rooms, directs } = visibleChannels();
  return [
    ...rooms.map((one) => ({ label: channelLabel(one), target: { channel: one.name } })),
    ...directs.map((one) => ({
      label: channelLabel(one),
      hint: "Direct message",
      target: { channel: one.id },
    })),
    { label: `${appName()} Home`, target: { home: true } },
    ...workspace.people.map((one) => ({
      label: `Be ${one.real_name || one.name}`,
      hint: roleOf(one),
      target: { as: one.name },
    })),
  ];
}
