// Short notes at the corner: what did not work, in words a person can act on.

import { h, icon } from "./dom.js";

export function toast(text, kind = "error") {
  const box = document.getElementById("toasts");
  const host = document.querySelector("dialog[open]:last-of-type");
  const note = h(
    "div",
    { class: `toast toast-${kind}` },
    h("p", {}, text),
    h(
      "button",
      { type: "button", class: "icon-button", "aria-label": "Dismiss", onclick: () => note.remove() },
      icon("close"),
    ),
  );
  // An open dialog makes the rest of the page inert, so the note has to live inside it to be seen and pressed.
  (host?.querySelector(".dialog-notes") ?? box).append(note);
  setTimeout(() => note.remove(), kind === "error" ? 9000 : 4000);
}
