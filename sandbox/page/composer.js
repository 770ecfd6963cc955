// Where a person types: messages, /commands with completion and help, @mentions, and the app's global shortcuts.

import { perform } from "./acting.js";
import { freshId, h, icon } from "./dom.js";
import { encoded } from "./inputs.js";
import { showMenu } from "./menu.js";
import { toast } from "./toast.js";
import { appName, channelLabel, visibleChannels, workspace } from "./workspace.js";

const drafts = new Map();

/** A composer for one place: {channelId, threadTs, prompt}. */
export function composer({ channelId, threadTs, prompt }) {
  const draftKey = `${workspace.me} ${channelId} ${threadTs ?? ""}`;
  const listId = freshId("completions");
  const list = h("ul", {
    class: "completions",
    role: "listbox",
    id: listId,
    hidden: true,
    "aria-label": "Suggestions",
  });
  const hint = h("p", { class: "composer-hint" });
  const area = h("textarea", {
    class: "composer-text",
    rows: 1,
    placeholder: prompt,
    "aria-label": prompt,
    role: "combobox",
    "aria-expanded": "false",
    "aria-autocomplete": "list",
    "aria-controls": listId,
    "data-hook": `composer-${threadTs ?? "main"}`,
  });
  area.value = drafts.get(draftKey) ?? "";
  const state = { found: [], at: 0, list, area };

  const fit = () => {
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight, 200)}px`;
  };
  const changed = () => {
    drafts.set(draftKey, area.value);
    fit();
    suggest(state, threadTs);
    hint.textContent = usageOf(area.value, threadTs) ?? "";
  };
  const send = async () => {
    const text = area.value.trim();
    if (!text) return;
    if (text.startsWith("/") && threadTs)
      return toast("Commands do not work in threads. Use it in the channel, or the message's menu.");
    area.value = "";
    changed();
    const answer = await deliver(text, channelId, threadTs);
    if (answer?.ok === false && !area.value) {
      area.value = text;
      changed();
    }
  };
  area.addEventListener("input", changed);
  area.addEventListener("blur", () => setTimeout(() => hideList(state), 150));
  area.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (!list.hidden && completionKey(state, event, changed)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      void send();
    }
  });
  list.addEventListener("pointerdown", (event) => {
    const row = event.target.closest("[role=option]");
    if (!row) return;
    event.preventDefault();
    take(state, [...list.children].indexOf(row));
    changed();
  });
  requestAnimationFrame(fit);

  const tools = threadTs
    ? null
    : h(
        "button",
        {
          type: "button",
          class: "icon-button",
          "aria-label": "Shortcuts and commands",
          title: "Shortcuts and commands",
          "aria-haspopup": "menu",
          "aria-expanded": "false",
          "data-hook": "shortcuts",
          onclick: (event) => offer(event.currentTarget, area, changed),
        },
        icon("bolt"),
      );
  const picker = h("input", {
    type: "file",
    multiple: true,
    hidden: true,
    "aria-label": "Attach files",
    "data-hook": "attach",
  });
  picker.addEventListener("change", async () => {
    const files = await Promise.all([...picker.files].map(encoded));
    picker.value = "";
    const text = area.value.trim();
    area.value = "";
    changed();
    await perform("message", {
      channel: channelId,
      text,
      files,
      ...(threadTs ? { thread_ts: threadTs } : {}),
    });
  });
  const attach = h(
    "button",
    {
      type: "button",
      class: "icon-button",
      "aria-label": "Attach files",
      title: "Attach files",
      onclick: () => picker.click(),
    },
    icon("clip"),
  );
  return h(
    "form",
    {
      class: "composer",
      onsubmit: (event) => {
        event.preventDefault();
        void send();
      },
    },
    list,
    h(
      "div",
      { class: "composer-box" },
      tools,
      attach,
      picker,
      area,
      h("button", { type: "submit", class: "icon-button send", "aria-label": "Send" }, icon("send")),
    ),
    hint,
  );
}

function deliver(text, channelId, threadTs) {
  if (text.startsWith("/")) return perform("command", { channel: channelId, text });
  return perform("message", { channel: channelId, text, ...(threadTs ? { thread_ts: threadTs } : {}) });
}

/** The global shortcuts and the commands, as a menu: also the place to learn what the app offers. */
function offer(anchor, area, changed) {
  const shortcuts = workspace.shortcuts.global.map((one) => ({
    label: one.name,
    hint: one.description,
    data: { "data-callback-id": one.callback_id },
    run: () => void perform("shortcut", { callback_id: one.callback_id }, { control: anchor }),
  }));
  const commands = workspace.commands.map((one) => ({
    label: one.command,
    hint: one.description,
    run: () => {
      area.value = `${one.command} `;
      area.focus();
      changed();
    },
  }));
  if (!shortcuts.length && !commands.length)
    return toast(`${appName()} offers no shortcuts or commands yet.`, "note");
  showMenu(
    anchor,
    [
      ...(shortcuts.length ? [{ heading: "Shortcuts" }, ...shortcuts] : []),
      ...(commands.length ? [{ heading: "Commands" }, ...commands] : []),
    ],
    { label: "Shortcuts and commands", above: true },
  );
}

function usageOf(text, threadTs) {
  const known = workspace.commands.find((one) => text === one.command || text.startsWith(`${one.command} `));
  if (!known || threadTs) return null;
  return [known.command, known.usage_hint].filter(Boolean).join(" ");
}

/** What could complete the word before the caret: [{insert, label, hint}]. */
function suggestions(area, threadTs) {
  const before = area.value.slice(0, area.selectionStart ?? area.value.length);
  if (/^\/\S*$/.test(before) && !threadTs) {
    return workspace.commands
      .filter((one) => one.command.startsWith(before))
      .map((one) => ({
        from: 0,
        insert: `${one.command} `,
        label: one.command,
        hint: one.usage_hint ?? one.description,
      }));
  }
  const word = /(^|\s)([@#])([\w-]*)$/.exec(before);
  if (!word) return [];
  const from = before.length - word[3].length - 1;
  const begins = (name) => name?.toLowerCase().startsWith(word[3].toLowerCase());
  if (word[2] === "#") {
    return visibleChannels()
      .rooms.filter((one) => begins(one.name))
      .map((one) => ({ from, insert: `#${one.name} `, label: channelLabel(one) }));
  }
  const people = workspace.people
    .filter((one) => begins(one.name) || begins(one.real_name))
    .map((one) => ({ from, insert: `@${one.name} `, label: `@${one.name}`, hint: one.real_name }));
  const groups = workspace.usergroups
    .filter((one) => begins(one.handle))
    .map((one) => ({ from, insert: `@${one.handle} `, label: `@${one.handle}`, hint: one.name }));
  return [...people, ...groups];
}

function suggest(state, threadTs) {
  state.found = suggestions(state.area, threadTs);
  state.at = 0;
  if (!state.found.length) return hideList(state);
  const rowId = freshId("row");
  state.list.replaceChildren(
    ...state.found.map((one, index) =>
      h(
        "li",
        { role: "option", id: `${rowId}-${index}` },
        h("span", { class: "menu-label" }, one.label),
        one.hint && h("span", { class: "menu-hint" }, one.hint),
      ),
    ),
  );
  state.list.hidden = false;
  state.area.setAttribute("aria-expanded", "true");
  mark(state);
}

function hideList(state) {
  state.list.hidden = true;
  state.area.setAttribute("aria-expanded", "false");
  state.area.removeAttribute("aria-activedescendant");
}

function mark(state) {
  [...state.list.children].forEach((row, index) =>
    row.setAttribute("aria-selected", String(index === state.at)),
  );
  state.area.setAttribute("aria-activedescendant", state.list.children[state.at].id);
  state.list.children[state.at].scrollIntoView({ block: "nearest" });
}

function take(state, index) {
  const { area } = state;
  const one = state.found[index];
  const caret = area.selectionStart;
  area.value = area.value.slice(0, one.from) + one.insert + area.value.slice(caret);
  area.selectionStart = area.selectionEnd = one.from + one.insert.length;
}

function completionKey(state, event, changed) {
  const count = state.found.length;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    state.at = (state.at + (event.key === "ArrowDown" ? 1 : count - 1)) % count;
    mark(state);
  } else if (event.key === "Escape") {
    hideList(state);
    event.stopPropagation();
  } else if (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey && !alreadyTyped(state))) {
    take(state, state.at);
    changed();
  } else {
    return false;
  }
  event.preventDefault();
  return true;
}

/** "/kpi" typed in full and Enter means: send it, not complete it. */
function alreadyTyped(state) {
  const one = state.found[state.at];
  return state.area.value.slice(one.from, state.area.selectionStart) === one.insert.trimEnd();
}
