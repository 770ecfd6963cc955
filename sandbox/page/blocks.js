// Block Kit as nodes. What a press or a choice does is decided by the surface it stands on (a message, a dialog, Home).
//
// A surface is {kind, form, errors, press(element, block, node, extra), choose(element, block, value, node),
// keep(element, block, value)}; form is null on messages.

import { chart } from "./charts.js";
import { freshId, h } from "./dom.js";
import { element, picture, wiring } from "./elements.js";
import { control } from "./inputs.js";
import { markdown } from "./markdown.js";
import { mrkdwn, plain, textObject } from "./mrkdwn.js";
import { richText } from "./richtext.js";
import { dataTable, table } from "./tables.js";

/** Items for patchList: one per block, redrawn only when the block or its error changed. */
export function blockItems(blocks, surface) {
  return (blocks ?? []).map((block, index) => ({
    key: block.block_id ?? `block-${index}`,
    print: JSON.stringify([
      block,
      surface.errors?.[block.block_id] ?? null,
      surface.form?.changes(block) ?? 0,
    ]),
    make: () => drawBlock(block, surface),
  }));
}

export function drawBlock(block, surface) {
  const node = (DRAWN[block.type] ?? unknown)(block, surface);
  node.dataset.block = block.type;
  return node;
}

const DRAWN = {
  section,
  header,
  context,
  divider: () => h("hr", { class: "block block-divider" }),
  actions,
  image,
  input,
  alert,
  card,
  video,
  file: remoteFile,
  rich_text: (block) => h("div", { class: "block" }, richText(block)),
  markdown: (block) => h("div", { class: "block" }, markdown(block.text)),
  table,
  data_table: dataTable,
  data_visualization: chart,
  container: (block, surface) =>
    h(
      "div",
      { class: "block block-container" },
      block.title && h("p", { class: "card-title" }, plain(block.title)),
      (block.child_blocks ?? block.blocks ?? []).map((child) => drawBlock(child, surface)),
    ),
  carousel: (block, surface) =>
    h(
      "div",
      { class: "block block-carousel", tabindex: "0" },
      (block.elements ?? []).map((one) => drawBlock(one, surface)),
    ),
};

function unknown(block) {
  return h("p", { class: "block unknown" }, `A “${block.type}” block, which this page cannot draw`);
}

function section(block, surface) {
  const side = block.accessory && element(block.accessory, block, surface);
  return h(
    "div",
    { class: `block block-section${side ? " has-accessory" : ""}` },
    h(
      "div",
      { class: "section-body" },
      block.text && textObject(block.text),
      block.fields &&
        h(
          "div",
          { class: "fields" },
          block.fields.map((one) => h("div", { class: "one-field" }, textObject(one))),
        ),
    ),
    side && h("div", { class: "accessory" }, side),
  );
}

function header(block) {
  return h(`h${Math.min(4, (block.level ?? 1) + 2)}`, { class: "block block-header" }, plain(block.text));
}

function context(block) {
  return h(
    "div",
    { class: "block block-context" },
    (block.elements ?? []).map((one) =>
      one.type === "image" ? picture(one, "context-image") : textObject(one),
    ),
  );
}

function actions(block, surface) {
  return h(
    "div",
    { class: "block block-actions" },
    (block.elements ?? []).map((one) => element(one, block, surface)),
  );
}

function image(block) {
  return h(
    "figure",
    { class: "block block-image" },
    block.title && h("figcaption", {}, plain(block.title)),
    picture(block, "big-image"),
  );
}

function alert(block) {
  const level = block.level ?? "default";
  return h(
    "div",
    { class: `block block-alert alert-${level}`, role: level === "error" ? "alert" : "note" },
    textObject(block.text),
  );
}

function card(block, surface) {
  return h(
    "div",
    { class: "block block-card" },
    block.hero_image && picture(block.hero_image, "card-hero"),
    h(
      "div",
      { class: "card-head" },
      block.icon && picture(block.icon, "card-icon"),
      h(
        "div",
        {},
        block.title && h("div", { class: "card-title" }, textObject(block.title)),
        block.subtitle && h("div", { class: "card-subtitle" }, textObject(block.subtitle)),
      ),
    ),
    block.body && textObject(block.body),
    block.actions &&
      h(
        "div",
        { class: "block-actions" },
        block.actions.map((one) => element(one, block, surface)),
      ),
  );
}

function video(block) {
  return h(
    "figure",
    { class: "block block-image" },
    h("figcaption", {}, plain(block.title)),
    picture({ image_url: block.thumbnail_url, alt_text: block.alt_text }, "big-image"),
  );
}

function remoteFile(block) {
  return h("p", { class: "block unknown" }, `A file kept elsewhere (${block.external_id ?? "no id"})`);
}

/** One input with its label, hint and error tied together for screen readers and for tests that look by label. */
function input(block, surface) {
  const given = block.element;
  const error = surface.errors?.[block.block_id] ?? null;
  const [id, hintId, errorId] = [freshId("field"), freshId("hint"), freshId("error")];
  const marks = ["checkboxes", "radio_buttons"].includes(given.type);
  const label = plain(block.label);
  const field = control(given, {
    ...wiring(given, block, surface, { dispatches: block.dispatch_action === true }),
    id,
    label: marks ? label : null,
    describedBy: [error && errorId, block.hint && hintId].filter(Boolean).join(" ") || null,
  });
  if (!field) return unknown({ type: `input with ${given.type}` });
  if (error)
    (field.matches("input, textarea, select")
      ? field
      : field.querySelector("input, textarea, select")
    )?.setAttribute("aria-invalid", "true");
  return h(
    marks ? "fieldset" : "div",
    { class: `block block-input${error ? " has-error" : ""}` },
    h(
      marks ? "legend" : "label",
      marks ? { class: "label" } : { for: id, class: "label" },
      label,
      block.optional && h("span", { class: "optional" }, " optional"),
    ),
    field,
    error && h("p", { class: "field-error", id: errorId }, String(error)),
    block.hint && h("p", { class: "hint", id: hintId }, plain(block.hint)),
  );
}

/** A message's or note's text where there are no blocks. */
export const plainMessage = (text) => h("div", { class: "block" }, mrkdwn(text));
