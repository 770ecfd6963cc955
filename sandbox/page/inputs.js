// Every element a person fills in. Native controls wherever there is one: keyboard, phones and screen readers come with them.

import { freshId, h, icon } from "./dom.js";
import { textObject, plain } from "./mrkdwn.js";
import { channelLabel, visibleChannels, workspace } from "./workspace.js";

/**
 * Draws one element. `given` is {value, id, label, describedBy, optional, onValue(value, how)}; `how` is "typed", "chosen" or
 * "entered". The field that takes the focus carries `data-action-id`. Answers null for an element that is no input.
 */
export function control(element, given) {
  const draw = DRAWN[element.type];
  return draw ? draw(element, given) : null;
}

function hooks(element, given) {
  return {
    id: given.id,
    "data-action-id": element.action_id,
    "aria-describedby": given.describedBy,
    "aria-label": given.label,
    autofocus: element.focus_on_load === true,
  };
}

function textField(element, given) {
  const props = {
    ...hooks(element, given),
    class: "field",
    placeholder: plain(element.placeholder),
    value: given.value ?? "",
    minlength: element.min_length,
    maxlength: element.max_length,
    oninput: (event) => given.onValue(event.target.value, "typed"),
    onchange: (event) => given.onValue(event.target.value, "left"),
    onkeydown: (event) => {
      if (event.key === "Enter" && !event.shiftKey && !element.multiline && !event.isComposing)
        given.onValue(event.target.value, "entered", event);
    },
  };
  if (element.multiline) return h("textarea", { ...props, rows: 4 });
  const kind = { email_text_input: "email", url_text_input: "url" }[element.type] ?? "text";
  return h("input", { ...props, type: kind, autocomplete: "off" });
}

function numberField(element, given) {
  return h("input", {
    ...hooks(element, given),
    class: "field field-number",
    type: "text",
    inputmode: element.is_decimal_allowed ? "decimal" : "numeric",
    placeholder: plain(element.placeholder),
    value: given.value ?? "",
    autocomplete: "off",
    oninput: (event) => given.onValue(event.target.value, "typed"),
    onchange: (event) => given.onValue(event.target.value, "left"),
    onkeydown: (event) => event.key === "Enter" && given.onValue(event.target.value, "entered", event),
  });
}

const pickerOf = (type) => (element, given) =>
  h("input", {
    ...hooks(element, given),
    class: "field field-short",
    type,
    value: given.value ?? "",
    onchange: (event) => given.onValue(event.target.value || null, "chosen"),
  });

/** The platform speaks Unix seconds here, the field local wall time. */
function datetimeField(element, given) {
  const shown = given.value
    ? new Date(given.value * 1000 - new Date(given.value * 1000).getTimezoneOffset() * 60_000)
        .toISOString()
        .slice(0, 16)
    : "";
  return h("input", {
    ...hooks(element, given),
    class: "field field-short",
    type: "datetime-local",
    value: shown,
    onchange: (event) =>
      given.onValue(
        event.target.value ? Math.round(new Date(event.target.value).getTime() / 1000) : null,
        "chosen",
      ),
  });
}

/** What can be chosen, as [{group?, value, text, description?}]. */
function choices(element) {
  const kind = element.type.replace(/^multi_/, "");
  if (kind === "users_select")
    return workspace.people
      .filter((one) => !one.deleted)
      .map((one) => ({ value: one.id, text: one.real_name || one.name }));
  if (kind === "channels_select")
    return visibleChannels().rooms.map((one) => ({ value: one.id, text: channelLabel(one) }));
  if (kind === "conversations_select") {
    const { rooms, directs } = visibleChannels();
    return [...rooms, ...directs].map((one) => ({ value: one.id, text: channelLabel(one) }));
  }
  const option = (group) => (one) => ({
    group,
    value: one.value,
    text: plain(one.text),
    description: plain(one.description),
  });
  const grouped = (element.option_groups ?? []).flatMap((group) =>
    group.options.map(option(plain(group.label))),
  );
  return [...(element.options ?? []).map(option(null)), ...grouped];
}

function optionNodes(list, chosen) {
  const node = (one) => h("option", { value: one.value, selected: one.value === chosen }, one.text);
  const nodes = list.filter((one) => !one.group).map(node);
  for (const group of new Set(list.map((one) => one.group).filter(Boolean))) {
    nodes.push(h("optgroup", { label: group }, list.filter((one) => one.group === group).map(node)));
  }
  return nodes;
}

function selectField(element, given) {
  const list = choices(element);
  const unset = plain(element.placeholder) || "Choose…";
  const note = h("p", { class: "field-note" });
  const describe = (value) => {
    note.textContent = list.find((one) => one.value === value)?.description ?? "";
    note.hidden = !note.textContent;
  };
  const select = h(
    "select",
    {
      ...hooks(element, given),
      class: "field",
      onchange: (event) => {
        describe(event.target.value);
        given.onValue(event.target.value || null, "chosen");
      },
    },
    h("option", { value: "" }, unset),
    optionNodes(list, given.value),
  );
  select.value = given.value ?? "";
  select.classList.toggle("is-unset", select.value === "");
  select.addEventListener("change", () => select.classList.toggle("is-unset", select.value === ""));
  describe(given.value);
  return h("div", { class: "select" }, select, icon("chevron"), note);
}

/** Chosen ones as chips that can be taken away, and a select that adds. */
function multiField(element, given) {
  const list = choices(element);
  const most = element.max_selected_items ?? Infinity;
  const chips = h("ul", { class: "picked" });
  const select = h("select", { ...hooks(element, given), class: "field" });
  const box = h("div", { class: "multi" }, chips, h("div", { class: "select" }, select, icon("chevron")));
  let chosen = [...(given.value ?? [])];
  const change = (next) => {
    chosen = next;
    draw();
    given.onValue([...chosen], "chosen");
  };
  const draw = () => {
    chips.hidden = chosen.length === 0;
    chips.replaceChildren(...chosen.map((value) => chip(value)));
    const left = list.filter((one) => !chosen.includes(one.value));
    const prompt = plain(element.placeholder) || (chosen.length ? "Add another…" : "Choose…");
    select.replaceChildren(h("option", { value: "" }, prompt), ...optionNodes(left, null));
    select.disabled = left.length === 0 || chosen.length >= most;
    select.classList.add("is-unset");
  };
  const chip = (value) => {
    const text = list.find((one) => one.value === value)?.text ?? value;
    const drop = () => {
      change(chosen.filter((one) => one !== value));
      select.focus();
    };
    return h(
      "li",
      {},
      text,
      h("button", { type: "button", "aria-label": `Remove ${text}`, onclick: drop }, icon("close")),
    );
  };
  select.addEventListener("change", () => select.value && change([...chosen, select.value]));
  draw();
  return box;
}

const markField = (type) => (element, given) => {
  const name = freshId("marks");
  const several = type === "checkbox";
  const picked = new Set(several ? given.value : [given.value]);
  const box = h("div", {
    class: "marks",
    role: several ? "group" : "radiogroup",
    "aria-label": given.label,
    "aria-describedby": given.describedBy,
  });
  const read = () => {
    const on = [...box.querySelectorAll("input:checked")].map((one) => one.value);
    given.onValue(several ? on : (on[0] ?? null), "chosen");
  };
  box.append(
    ...(element.options ?? []).map((one, index) =>
      h(
        "label",
        { class: "mark" },
        h("input", {
          type,
          name,
          value: one.value,
          checked: picked.has(one.value),
          onchange: read,
          id: index === 0 ? given.id : null,
          "data-action-id": index === 0 ? element.action_id : null,
          "data-hook": `${element.action_id}:${one.value}`,
        }),
        h(
          "span",
          { class: "mark-text" },
          textObject(one.text),
          one.description && h("span", { class: "mark-hint" }, textObject(one.description)),
        ),
      ),
    ),
  );
  return box;
};

function fileField(element, given) {
  const several = (element.max_files ?? 10) > 1;
  const accept = (element.filetypes ?? []).map((one) => `.${one}`).join(",");
  // A redraw makes a new field, which no script may fill; the names below it say what is still chosen.
  const note = h("p", { class: "field-note" }, chosenNames(given.value));
  const read = async (event) => {
    const files = await Promise.all([...event.target.files].map(encoded));
    note.textContent = "";
    given.onValue(files, "chosen");
  };
  return h(
    "div",
    {},
    h("input", {
      ...hooks(element, given),
      class: "field field-file",
      type: "file",
      multiple: several,
      accept: accept || null,
      onchange: read,
    }),
    note,
  );
}

const chosenNames = (files) =>
  Array.isArray(files) && files.length ? `Chosen: ${files.map((one) => one.name).join(", ")}` : "";

/** A file as the control API takes it. */
export async function encoded(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000)
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return { name: file.name, base64: btoa(binary) };
}

const DRAWN = {
  plain_text_input: textField,
  email_text_input: textField,
  url_text_input: textField,
  rich_text_input: (element, given) => textField({ ...element, multiline: true }, given),
  number_input: numberField,
  datepicker: pickerOf("date"),
  timepicker: pickerOf("time"),
  datetimepicker: datetimeField,
  static_select: selectField,
  users_select: selectField,
  conversations_select: selectField,
  channels_select: selectField,
  multi_static_select: multiField,
  multi_users_select: multiField,
  multi_conversations_select: multiField,
  multi_channels_select: multiField,
  // The app serves these options on demand; here their value is typed.
  external_select: textField,
  multi_external_select: (element, given) =>
    textField(element, {
      ...given,
      value: (given.value ?? []).join(", "),
      onValue: (value, how) => given.onValue(value.split(/,\s*/).filter(Boolean), how),
    }),
  checkboxes: markField("checkbox"),
  radio_buttons: markField("radio"),
  file_input: fileField,
};
