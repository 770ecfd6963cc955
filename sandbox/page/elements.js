// What can be pressed or chosen on a surface, and how each value travels from the control to the app.

import { confirmed } from "./confirm.js";
import { freshId, h, icon } from "./dom.js";
import { initialValue } from "./form.js";
import { control } from "./inputs.js";
import { showMenu } from "./menu.js";
import { plain } from "./mrkdwn.js";

const TYPED = new Set([
  "plain_text_input",
  "email_text_input",
  "url_text_input",
  "number_input",
  "rich_text_input",
]);

/** Connects a control to the form and to the app: every value is kept, and sent on where the element dispatches. */
export function wiring(given, block, surface, { dispatches }) {
  let timer = null;
  const triggers = given.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const current = () => (surface.form ? surface.form.value(block, given) : initialValue(given));
  const send = async (value, node) => {
    if (given.confirm && !(await confirmed(given.confirm, node))) return;
    await surface.choose(given, block, value, node);
  };
  return {
    value: current(),
    onValue: (value, how, event) => {
      surface.form?.set(block, given, value);
      const node = event?.target ?? null;
      if (!TYPED.has(given.type)) {
        if (dispatches) void send(value, node);
        else if (how === "chosen") surface.keep(given, block, value);
        return;
      }
      if (!dispatches) return how === "left" ? surface.keep(given, block, value) : undefined;
      if (how === "entered" && triggers.includes("on_enter_pressed")) {
        event.preventDefault();
        void send(value, node);
      }
      if (how === "typed" && triggers.includes("on_character_entered")) {
        clearTimeout(timer);
        timer = setTimeout(() => void send(value, null), 350);
      }
    },
  };
}

/** An element outside an input block: a button, an overflow menu, or a control that dispatches at once. */
export function element(given, block, surface) {
  if (given.type === "button") return button(given, block, surface);
  if (given.type === "overflow") return overflow(given, block, surface);
  if (given.type === "image") return picture(given, "accessory-image");
  const label = plain(given.placeholder) || given.accessibility_label || given.action_id;
  const drawn = control(given, {
    ...wiring(given, block, surface, { dispatches: true }),
    id: freshId("field"),
    label,
  });
  return drawn
    ? h("div", { class: "inline-control" }, drawn)
    : h("span", { class: "unknown" }, `A “${given.type}” element, which this page cannot draw`);
}

function button(given, block, surface) {
  const press = async (event) => {
    const node = event.currentTarget;
    if (given.confirm) {
      if (given.url) event.preventDefault();
      if (!(await confirmed(given.confirm, node))) return;
      if (given.url) open(given.url, "_blank", "noopener");
    }
    await surface.press(given, block, node);
  };
  const props = {
    class: `button ${given.style ? `button-${given.style}` : ""}`.trim(),
    "data-action-id": given.action_id,
    "data-hook": given.value ?? null,
    "aria-label": given.accessibility_label,
    onclick: press,
  };
  if (/^(https?:|mailto:|tel:)/i.test(given.url ?? "")) {
    return h(
      "a",
      { ...props, href: given.url, target: "_blank", rel: "noopener noreferrer", role: "button" },
      plain(given.text),
    );
  }
  return h("button", { type: "button", ...props }, plain(given.text));
}

function overflow(given, block, surface) {
  const choose = async (option, node) => {
    if (given.confirm && !(await confirmed(given.confirm, node))) return;
    await surface.press(given, block, node, { value: option.value, option: option.value });
  };
  const open = (event) => {
    const node = event.currentTarget;
    showMenu(
      node,
      (given.options ?? []).map((one) => ({
        label: plain(one.text),
        hint: plain(one.description) || null,
        href: one.url ?? null,
        data: { "data-option": one.value },
        run: () => void choose(one, node),
      })),
      { label: "More" },
    );
  };
  return h(
    "button",
    {
      type: "button",
      class: "button button-overflow",
      "data-action-id": given.action_id,
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      "aria-label": given.accessibility_label ?? "More choices",
      onclick: open,
    },
    icon("dots"),
  );
}

/** An image from the web or drawn inline; any other address shows its alternative text. */
export function picture(given, className) {
  const url = given.image_url ?? given.slack_file?.url;
  if (!/^(https?:|data:image\/)/i.test(url ?? "")) return h("span", { class: "unknown" }, given.alt_text);
  return h("img", { class: className, src: url, alt: given.alt_text ?? "", loading: "lazy" });
}
