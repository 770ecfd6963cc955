// Slack's mrkdwn as nodes. Only text nodes are made from what came in, so a lead named <script> stays text.

import { fillDateTokens, fullOf } from "./dates.js";
import { h } from "./dom.js";
import { emoji, withEmoji } from "./emoji.js";
import { channel, channelLabel, groupHandle, nameOf, workspace } from "./workspace.js";

const SAFE_URL = /^(https?:|mailto:|tel:)/i;

export function unescape(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

/** A link for the schemes that can do no harm; anything else stays plain text. */
export function link(url, label) {
  if (!SAFE_URL.test(url)) return document.createTextNode(label ?? url);
  const outside = /^https?:/i.test(url);
  return h(
    "a",
    { href: url, target: outside ? "_blank" : null, rel: outside ? "noopener noreferrer" : null },
    label ?? url.replace(/^(mailto|tel):/i, ""),
  );
}

export function userChip(id) {
  return h(
    "span",
    { class: id === workspace.me ? "chip chip-me" : "chip", "data-user": id },
    `@${nameOf(id)}`,
  );
}

export const groupChip = (id) => h("span", { class: "chip" }, `@${groupHandle(id)}`);
export const everyoneChip = (range) => h("span", { class: "chip chip-me" }, `@${range}`);

export function channelChip(id, label = null) {
  const found = channel(id);
  const text = found ? channelLabel(found) : `#${label || id}`;
  return found
    ? h("a", { class: "chip", href: "#", "data-open-channel": found.id }, text)
    : h("span", { class: "chip" }, text);
}

export function dateToken(seconds, pattern, url, fallback) {
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return document.createTextNode(fallback ?? "");
  const shown = h(
    "time",
    { datetime: date.toISOString(), title: fullOf(date) },
    fillDateTokens(pattern, date),
  );
  if (!url || !SAFE_URL.test(url)) return shown;
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, shown);
}

/** What stands between < and >: a mention, a date or a link. */
function angle(inside) {
  const [target, label] = splitOnce(inside, "|");
  if (target.startsWith("@")) return userChip(target.slice(1));
  if (target.startsWith("#")) return channelChip(target.slice(1), label && unescape(label));
  if (target.startsWith("!subteam^")) return groupChip(target.slice("!subteam^".length));
  if (target.startsWith("!date^")) {
    const [seconds, pattern, url] = target.slice("!date^".length).split("^");
    return dateToken(seconds, unescape(pattern ?? ""), url && unescape(url), label && unescape(label));
  }
  if (/^!(channel|here|everyone)$/.test(target)) return everyoneChip(target.slice(1));
  if (target.startsWith("!")) return document.createTextNode(unescape(label ?? inside));
  if (!SAFE_URL.test(target)) return document.createTextNode(`<${unescape(inside)}>`);
  return link(unescape(target), label ? withEmoji(unescape(label)) : null);
}

function splitOnce(text, mark) {
  const at = text.indexOf(mark);
  return at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
}

const HELD = /\uE000(\d+)\uE001/;
const STYLES = [
  [/(?<![\w*])\*(?=\S)([^*\n]*[^*\s])\*(?![\w*])/, "strong"],
  [/(?<!\w)_(?=\S)([^_\n]*[^_\s])_(?!\w)/, "em"],
  [/(?<![\w~])~(?=\S)([^~\n]*[^~\s])~(?![\w~])/, "s"],
  [/:([a-z0-9_+-]+(?:::skin-tone-\d)?):/, "emoji"],
];

/** One line (or several) of inline mrkdwn as a list of nodes. */
export function inline(text) {
  const held = [];
  const hold = (node) => `\uE000${held.push(node) - 1}\uE001`;
  const quiet = text
    .replace(/[\uE000\uE001]/g, "")
    .replace(/`([^`\n]+)`/g, (_, code) => hold(h("code", {}, codeText(code))))
    .replace(/<([^<>\n]+)>/g, (_, inside) => hold(angle(inside)));
  return styled(quiet, held);
}

/** Inside code Slack still unwraps automatic links, so that <mailto:a@b|a@b> reads as a@b. */
function codeText(code) {
  return unescape(
    code.replace(
      /<((?:https?:|mailto:|tel:)[^<>|]+)(?:\|([^<>]+))?>/g,
      (_, target, label) => label ?? target,
    ),
  );
}

function styled(text, held) {
  let first = null;
  for (const [pattern, tag] of [[HELD, "held"], ...STYLES]) {
    const match = pattern.exec(text);
    if (match && (!first || match.index < first.match.index)) first = { match, tag };
  }
  if (!first) return text ? [withBreaks(text)] : [];
  const { match, tag } = first;
  const before = text.slice(0, match.index);
  const after = text.slice(match.index + match[0].length);
  return [before && withBreaks(before), middle(match, tag, held), ...styled(after, held)].filter(Boolean);
}

function middle(match, tag, held) {
  if (tag === "held") return held[Number(match[1])];
  if (tag === "emoji") return document.createTextNode(emoji(match[1]));
  return h(tag, {}, styled(match[1], held));
}

function withBreaks(text) {
  // The stylesheet keeps line breaks (pre-wrap), so a text node is enough.
  return document.createTextNode(unescape(text));
}

/** A whole mrkdwn text: preformatted parts, quotes and bullets as blocks, the rest as lines. */
export function mrkdwn(text) {
  const box = h("div", { class: "mrkdwn" });
  const parts = String(text ?? "").split(/```/);
  parts.forEach((part, index) => {
    const closed = index % 2 === 1 && index < parts.length - 1;
    if (closed) box.append(h("pre", {}, codeText(part.replace(/^\n|\n$/g, ""))));
    else box.append(...lines(index % 2 === 1 ? `\`\`\`${part}` : part));
  });
  return box;
}

function lines(text) {
  const nodes = [];
  let run = { kind: null, rows: [] };
  const flush = () => {
    if (run.rows.length) nodes.push(paragraph(run));
    run = { kind: null, rows: [] };
  };
  for (const row of text.replace(/^\n|\n$/g, "").split("\n")) {
    const [kind, rest] = kindOf(row);
    if (kind !== run.kind) flush();
    run.kind = kind;
    run.rows.push(rest);
  }
  flush();
  return nodes;
}

function kindOf(row) {
  const quote = /^(?:&gt;|>) ?(.*)$/.exec(row);
  if (quote) return ["quote", quote[1]];
  const bullet = /^\s*[•◦‣]\s*(.*)$/.exec(row);
  return bullet ? ["list", bullet[1]] : ["text", row];
}

function paragraph({ kind, rows }) {
  if (kind === "quote") return h("blockquote", {}, inline(rows.join("\n")));
  if (kind === "list")
    return h(
      "ul",
      {},
      rows.map((row) => h("li", {}, inline(row))),
    );
  const text = rows.join("\n");
  return text.trim() ? h("p", {}, inline(text)) : h("span", {});
}

/** A Block Kit text object, mrkdwn or plain. */
export function textObject(given) {
  if (!given) return null;
  if (typeof given === "string") return mrkdwn(given);
  if (given.type === "mrkdwn") return mrkdwn(given.text);
  return h("div", { class: "mrkdwn" }, h("p", {}, plain(given)));
}

export function plain(given) {
  if (!given) return "";
  const text = typeof given === "string" ? given : (given.text ?? "");
  return given.emoji === false ? text : withEmoji(text);
}
