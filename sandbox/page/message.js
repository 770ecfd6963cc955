// One message as a person sees it: who, when, what, its files, reactions and thread, and what can be done with it.

import { perform } from "./acting.js";
import { blockItems, plainMessage } from "./blocks.js";
import { dateOfTs, fullOf, timeOf } from "./dates.js";
import { h, icon, patchList } from "./dom.js";
import { emoji } from "./emoji.js";
import { showMenu } from "./menu.js";
import { avatar } from "./people.js";
import { toast } from "./toast.js";
import { appName, isBot, nameOf, workspace } from "./workspace.js";

const authorOf = (m) =>
  m.user && !m.bot ? m.user : typeof m.bot === "string" ? m.bot : (m.bot_id ?? m.user ?? workspace.bot.id);
export const fromBot = (m) => Boolean(m.bot || m.bot_id || isBot(m.user));

/** An item for patchList. `place` is {channelId, inThread, openThread(ts)}; `compact` leaves out the repeated author. */
export function messageItem(m, place, compact) {
  return {
    key: `${m.ephemeral ? "e" : "m"}${m.ts}`,
    print: JSON.stringify([m, compact, place.inThread, workspace.me]),
    make: () => drawMessage(m, place, compact),
  };
}

function drawMessage(m, place, compact) {
  const author = authorOf(m);
  const when = dateOfTs(m.ts);
  const time = h(
    "time",
    { class: "message-time", datetime: when.toISOString(), title: fullOf(when) },
    timeOf(when),
  );
  const name =
    m.name && !fromBot(m) ? nameOf(author) : fromBot(m) ? (m.username ?? appName()) : nameOf(author);
  const head = h(
    "div",
    { class: "message-head" },
    h("span", { class: "message-author" }, name),
    fromBot(m) && h("span", { class: "badge" }, "App"),
    time,
    m.edited && edited(),
    m.ephemeral && h("span", { class: "only-you" }, "Only visible to you"),
  );
  return h(
    "article",
    {
      class: `message${compact ? " is-compact" : ""}${m.ephemeral ? " is-ephemeral" : ""}`,
      "data-ts": m.ts,
      "data-author": author,
      "data-ephemeral": m.ephemeral ? "true" : null,
      "aria-label": `${name}, ${timeOf(when)}`,
      tabindex: "-1",
    },
    h(
      "div",
      { class: "message-side" },
      compact
        ? h("time", { class: "message-time", datetime: when.toISOString() }, timeOf(when))
        : avatar(author),
    ),
    h(
      "div",
      { class: "message-main" },
      !compact && head,
      content(m, place, compact),
      files(m),
      reactions(m, place),
      threadLine(m, place),
    ),
    toolbar(m, place),
  );
}

const edited = () => h("span", { class: "edited" }, "(edited)");

function content(m, place, compact) {
  const box = h("div", { class: "message-content" });
  const surface = surfaceOf(m, place);
  if (m.blocks?.length) {
    const blocks = h("div", { class: onlyText(m.blocks) ? "blocks" : "blocks blocks-card" });
    patchList(blocks, blockItems(m.blocks, surface));
    box.append(blocks);
  } else if (m.text) {
    box.append(plainMessage(m.text));
  }
  for (const one of m.attachments ?? []) {
    const side = h("div", { class: "attachment" }, one.text && plainMessage(one.text));
    const inner = h("div", { class: "blocks" });
    patchList(inner, blockItems(one.blocks, surface));
    side.append(inner);
    box.append(side);
  }
  if (m.edited && compact) box.append(edited());
  return box;
}

/** A message of words alone reads as talk; anything more is set apart as a card. */
function onlyText(blocks) {
  return blocks.every(
    (one) =>
      ["section", "rich_text", "markdown", "context"].includes(one.type) && !one.accessory && !one.fields,
  );
}

function surfaceOf(m, place) {
  const names = (element, block) => ({
    channel: place.channelId,
    ts: m.ts,
    action_id: element.action_id,
    block_id: block.block_id,
  });
  return {
    kind: "message",
    form: null,
    errors: {},
    // `stale`: a person presses what they see, also when the app redraws it in that very moment.
    press: async (element, block, node, extra = {}) => {
      const body = { ...names(element, block), value: element.value, stale: true, ...extra };
      await perform("click", body, { control: node });
    },
    choose: async (element, block, value, node) =>
      void (await perform("select", { ...names(element, block), value }, { control: node })),
    keep: () => undefined,
  };
}

function files(m) {
  if (!m.files?.length) return null;
  const size = (bytes) =>
    bytes === undefined
      ? null
      : bytes < 1024
        ? `${bytes} B`
        : bytes < 1_048_576
          ? `${Math.round(bytes / 1024)} KB`
          : `${(bytes / 1_048_576).toFixed(1)} MB`;
  return h(
    "ul",
    { class: "files" },
    m.files.map((one) =>
      h(
        "li",
        {},
        icon("file"),
        /^https?:/.test(one.permalink ?? "")
          ? h(
              "a",
              { class: "file-name", href: one.permalink, target: "_blank", rel: "noopener noreferrer" },
              one.title || one.name,
            )
          : h("span", { class: "file-name" }, one.title || one.name || one.id),
        h("span", { class: "file-size" }, size(one.size)),
      ),
    ),
  );
}

function reactions(m, place) {
  if (!m.reactions?.length) return null;
  return h(
    "ul",
    { class: "reactions", "aria-label": "Reactions" },
    m.reactions.map((one) => {
      const who = (one.users ?? []).map(nameOf).join(", ");
      const react = (event) =>
        void perform(
          "react",
          { channel: place.channelId, ts: m.ts, name: one.name },
          { control: event.currentTarget },
        );
      return h(
        "li",
        {},
        h(
          "button",
          {
            type: "button",
            title: `:${one.name}: ${who}`,
            "aria-pressed": String((one.users ?? []).includes(workspace.me)),
            onclick: react,
            "data-hook": `reaction-${one.name}`,
          },
          emoji(one.name),
          " ",
          String(one.count ?? one.users?.length ?? 1),
        ),
      );
    }),
  );
}

function threadLine(m, place) {
  const count = m.reply_count ?? 0;
  if (place.inThread || !count) return null;
  return h(
    "button",
    {
      type: "button",
      class: "thread-line",
      "data-hook": `thread-${m.ts}`,
      onclick: () => place.openThread(m.ts),
    },
    (m.reply_users ?? []).slice(0, 3).map(avatar),
    `${count} ${count === 1 ? "reply" : "replies"}`,
  );
}

function toolbar(m, place) {
  const tools = [];
  if (!place.inThread && !m.ephemeral) {
    tools.push(
      h(
        "button",
        {
          type: "button",
          class: "icon-button tool-reply",
          "aria-label": "Reply in thread",
          title: "Reply in thread",
          "data-hook": `reply-${m.ts}`,
          onclick: () => place.openThread(m.thread_ts ?? m.ts),
        },
        icon("reply"),
      ),
    );
  }
  if (m.ephemeral) {
    tools.push(
      h(
        "button",
        {
          type: "button",
          class: "icon-button",
          "aria-label": "Dismiss",
          title: "Dismiss",
          onclick: () => place.dismiss(m.ts),
        },
        icon("close"),
      ),
    );
  } else {
    tools.push(
      h(
        "button",
        {
          type: "button",
          class: "icon-button",
          "aria-label": "More actions",
          title: "More actions",
          "aria-haspopup": "menu",
          "aria-expanded": "false",
          "data-hook": `more-${m.ts}`,
          onclick: (event) => moreActions(event.currentTarget, m, place),
        },
        icon("dots"),
      ),
    );
  }
  return h("div", { class: "toolbar", role: "group", "aria-label": "Message" }, tools);
}

function moreActions(anchor, m, place) {
  const shortcuts = workspace.shortcuts.message.map((one) => ({
    label: one.name,
    hint: one.description,
    data: { "data-callback-id": one.callback_id },
    run: () =>
      void perform(
        "shortcut",
        { callback_id: one.callback_id, channel: place.channelId, ts: m.ts },
        { control: anchor },
      ),
  }));
  const copy = async () => {
    await navigator.clipboard?.writeText(m.text ?? "");
    toast("Text copied.", "note");
  };
  showMenu(
    anchor,
    [
      ...(shortcuts.length ? [{ heading: appName() }, ...shortcuts, { divider: true }] : []),
      ...(place.inThread
        ? []
        : [{ label: "Reply in thread", run: () => place.openThread(m.thread_ts ?? m.ts) }]),
      { label: "Copy text", run: () => void copy() },
      { divider: true },
      ...["+1", "eyes", "white_check_mark"].map((name) => ({
        label: `React with ${emoji(name)}`,
        run: () => void perform("react", { channel: place.channelId, ts: m.ts, name }, { control: anchor }),
      })),
    ],
    { label: "More actions" },
  );
}
