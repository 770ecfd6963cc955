// The "are you sure" that a control may carry.

import { freshId, h } from "./dom.js";
import { plain, textObject } from "./mrkdwn.js";

/** Asks and answers true when the person confirms. Esc and the deny button answer false. */
export function confirmed(given, anchor) {
  return new Promise((resolve) => {
    const titleId = freshId("confirm");
    const risky = given.style === "danger";
    const finish = (answer) => {
      dialog.close();
      dialog.remove();
      anchor?.focus?.({ preventScroll: true });
      resolve(answer);
    };
    const dialog = h(
      "dialog",
      { class: "dialog dialog-confirm", role: "alertdialog", "aria-labelledby": titleId },
      h("h2", { id: titleId }, plain(given.title) || "Are you sure?"),
      h("div", { class: "dialog-body" }, given.text && textObject(given.text)),
      h(
        "div",
        { class: "dialog-foot" },
        h(
          "button",
          { type: "button", class: "button", onclick: () => finish(false), autofocus: risky },
          plain(given.deny) || "Cancel",
        ),
        h(
          "button",
          {
            type: "button",
            class: `button ${risky ? "button-danger" : "button-primary"}`,
            onclick: () => finish(true),
            autofocus: !risky,
          },
          plain(given.confirm) || "Yes",
        ),
      ),
    );
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      finish(false);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
