// The app's dialogs (modal views): the top one of the stack is shown, live, without losing what the person has typed.

import { fieldErrors, perform, troubleWith } from "./acting.js";
import { readView } from "./api.js";
import { blockItems } from "./blocks.js";
import { freshId, h, icon, patchList } from "./dom.js";
import { Form, isEmpty } from "./form.js";
import { closeMenu } from "./menu.js";
import { plain } from "./mrkdwn.js";
import { toast } from "./toast.js";
import { appName, workspace } from "./workspace.js";

// One form per view, kept while it may come back: a pushed dialog returns to the one below it with its values.
const forms = new Map();
let shown = null;
let errors = {};
// The dialog whose first error the person is still to be taken to.
let refused = null;
let reading = 0;

/** Reads the person's top dialog and shows, redraws or closes accordingly. */
export async function refreshDialog() {
  reading += 1;
  const mine = reading;
  const asked = performance.now();
  const { view, errors: told, failed } = await readView(workspace.me);
  if (mine !== reading || failed) return;
  if (!view) return hide();
  errors = told ?? {};
  show(view, asked);
}

export const dialogIsOpen = () => shown !== null;

/** Takes the dialog away without telling the app, e.g. when another person is played. */
export function hide() {
  if (!shown) return;
  closeMenu();
  const { node, back } = shown;
  shown = null;
  refused = null;
  errors = {};
  forms.clear();
  node.close();
  node.remove();
  if (back?.isConnected) back.focus({ preventScroll: true });
}

function formOf(view) {
  const key = view.id ?? view.callback_id ?? "view";
  if (!forms.has(key)) forms.set(key, new Form());
  return forms.get(key);
}

function show(view, asked) {
  if (!shown) shown = { ...frame(), view, back: document.activeElement };
  const same = shown.view.id === view.id && shown.node.open;
  formOf(view).sync(view.state, asked);
  shown.view = view;
  shown.title.textContent = plain(view.title) || appName();
  shown.closer.textContent = plain(view.close) || "Cancel";
  shown.sender.textContent = plain(view.submit) || "Submit";
  shown.sender.hidden = !view.submit;
  shown.node.dataset.viewId = view.id ?? "";
  shown.node.dataset.callbackId = view.callback_id ?? "";
  if (!same) {
    shown.body.replaceChildren();
    shown.body.scrollTop = 0;
  }
  patchList(shown.body, blockItems(view.blocks, surfaceOf(view)));
  if (!shown.node.open) {
    document.body.append(shown.node);
    shown.node.showModal();
  }
  if (!same) firstField(shown.body)?.focus({ preventScroll: true });
  if (refused === view.id) leadToError();
}

/** Takes the person to the first field with an error, as soon as one is drawn. */
function leadToError() {
  const field = shown.body.querySelector(".has-error input, .has-error select, .has-error textarea");
  if (!field) return;
  refused = null;
  field.focus();
}

function firstField(body) {
  return body.querySelector("[autofocus]") ?? body.querySelector("input, select, textarea, .button");
}

function frame() {
  const titleId = freshId("dialog-title");
  const title = h("h2", { id: titleId });
  const body = h("div", { class: "dialog-body" });
  const closer = h("button", {
    type: "button",
    class: "button",
    "data-hook": "dialog-close",
    onclick: () => void closeView(),
  });
  const sender = h("button", {
    type: "submit",
    class: "button button-primary",
    "data-hook": "dialog-submit",
  });
  const form = h(
    "form",
    { class: "dialog-form", novalidate: true, onsubmit: submit },
    h(
      "header",
      { class: "dialog-head" },
      h("span", { class: "lamp", "aria-hidden": "true" }),
      title,
      h(
        "button",
        { type: "button", class: "icon-button", "aria-label": "Close", onclick: () => void closeView() },
        icon("close"),
      ),
    ),
    body,
    h("div", { class: "dialog-notes", role: "status", "aria-live": "polite" }),
    h("footer", { class: "dialog-foot" }, closer, sender),
  );
  const node = h(
    "dialog",
    { class: "dialog dialog-view", role: "dialog", "aria-modal": "true", "aria-labelledby": titleId },
    form,
  );
  node.addEventListener("cancel", (event) => {
    event.preventDefault();
    if (!closeMenu()) void closeView();
  });
  node.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) form.requestSubmit();
  });
  return { node, title, body, closer, sender };
}

async function closeView() {
  await perform("close", { view_id: shown?.view.id }, { control: shown?.closer });
  await refreshDialog();
}

async function submit(event) {
  event.preventDefault();
  if (!shown) return;
  const { view } = shown;
  const answer = await perform(
    "submit",
    { values: valuesByLabel(view), view_id: view.id },
    { control: shown.sender, quiet: true },
  );
  if (!answer) return;
  // Not after the refresh: one that the live updates ask for meanwhile may draw the errors in its place.
  if (fieldErrors(answer)) refused = view.id;
  await refreshDialog();
  const trouble = troubleWith(answer);
  if (trouble) toast(trouble);
}

/** {label: value} as the control API takes it; two inputs of one label are told apart by their block_id. */
function valuesByLabel(view) {
  const form = formOf(view);
  const inputs = view.blocks.filter((block) => block.type === "input");
  const labels = inputs.map((block) => plainLabel(block));
  const values = {};
  inputs.forEach((block, index) => {
    const twin = labels.indexOf(labels[index]) !== labels.lastIndexOf(labels[index]);
    values[twin ? block.block_id : labels[index]] = sendable(block.element, form.value(block, block.element));
  });
  return values;
}

const plainLabel = (block) => block.label?.text ?? block.block_id;

function sendable(element, value) {
  if (isEmpty(value)) return Array.isArray(value) ? [] : null;
  if (element.type === "file_input" && value.length === 1) return value[0];
  return value;
}

function surfaceOf(view) {
  const form = formOf(view);
  const names = (element, block) => ({ action_id: element.action_id, block_id: block.block_id });
  const keep = (element, block, value) => {
    const body = { ...names(element, block), label: plainLabel(block), value };
    void perform("select", body, { quiet: true }).then(
      (answer) => answer.ok && form.sent(block, element, value),
    );
  };
  // The app may look at everything typed when any control acts, so the sandbox hears of it first.
  const keepAll = () =>
    form.unsent(shown?.view.blocks ?? []).forEach(({ block, element, value }) => keep(element, block, value));
  return {
    kind: "modal",
    form,
    errors,
    press: async (element, block, node, extra = {}) => {
      keepAll();
      const answer = await perform(
        "click",
        { ...names(element, block), value: element.value, ...extra },
        { control: node },
      );
      if (answer) await refreshDialog();
    },
    choose: async (element, block, value, node) => {
      keepAll();
      const answer = await perform(
        "select",
        { ...names(element, block), label: plainLabel(block), value },
        { control: node },
      );
      if (answer?.ok) form.sent(block, element, value);
      if (answer) await refreshDialog();
    },
    keep: (element, block, value) => element.type !== "file_input" && keep(element, block, value),
  };
}
