// The rich_text block: sections, lists, quotes and preformatted text with styled runs and mentions.

import { h } from "./dom.js";
import { emoji, withEmoji } from "./emoji.js";
import { channelChip, dateToken, everyoneChip, groupChip, link, userChip } from "./mrkdwn.js";

export function richText(block) {
  return h("div", { class: "mrkdwn rich-text" }, (block.elements ?? []).map(part));
}

function part(element) {
  switch (element.type) {
    case "rich_text_section":
      return h("p", {}, runs(element));
    case "rich_text_quote":
      return h("blockquote", {}, runs(element));
    case "rich_text_preformatted":
      return h("pre", {}, runs(element));
    case "rich_text_list":
      return list(element);
    default:
      return h("p", { class: "unknown" }, `[${element.type}]`);
  }
}

function list(element) {
  const ordered = element.style === "ordered";
  const start = ordered && element.offset ? element.offset + 1 : null;
  const items = (element.elements ?? []).map((item) =>
    h("li", {}, item.type === "rich_text_section" ? runs(item) : part(item)),
  );
  return h(
    ordered ? "ol" : "ul",
    { start, style: element.indent ? `margin-left: ${element.indent * 1.4}em` : null },
    items,
  );
}

const runs = (element) => (element.elements ?? []).map((run) => style(run, inner(run)));

function inner(run) {
  switch (run.type) {
    case "text":
      return document.createTextNode(withEmoji(run.text ?? ""));
    case "link":
      return link(run.url ?? "", run.text ?? run.url);
    case "user":
      return userChip(run.user_id);
    case "usergroup":
      return groupChip(run.usergroup_id);
    case "channel":
      return channelChip(run.channel_id);
    case "broadcast":
      return everyoneChip(run.range);
    case "emoji":
      return document.createTextNode(emoji(run.name));
    case "date":
      return dateToken(run.timestamp, run.format ?? "{date_short_pretty}", run.url, run.fallback);
    case "color":
      return h("code", {}, run.value);
    default:
      return document.createTextNode(`[${run.type}]`);
  }
}

function style(run, node) {
  const given = run.style ?? {};
  let styled = node;
  for (const [name, tag] of [
    ["code", "code"],
    ["strike", "s"],
    ["italic", "em"],
    ["bold", "strong"],
    ["underline", "u"],
  ]) {
    if (given[name]) styled = h(tag, {}, styled);
  }
  return styled;
}
