// The markdown block: the plain part of Markdown that bots write (headings, lists, quotes, code, tables, links).

import { h } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { link } from "./mrkdwn.js";

export function markdown(text) {
  const rows = String(text ?? "").split("\n");
  const box = h("div", { class: "mrkdwn markdown" });
  let at = 0;
  while (at < rows.length) {
    const [node, next] = block(rows, at);
    if (node) box.append(node);
    at = next;
  }
  return box;
}

function takeWhile(rows, at, holds) {
  let end = at;
  while (end < rows.length && holds(rows[end])) end += 1;
  return [rows.slice(at, end), end];
}

const BULLET = /^\s*[-*+] +/;
const NUMBER = /^\s*\d+[.)] +/;
const isTable = (rows, at) => rows[at].includes("|") && /^\s*\|?[\s:|-]+\|[\s:|-]*$/.test(rows[at + 1] ?? "");
const starts = (row) => !row.trim() || /^(#{1,6} |>|```)/.test(row) || BULLET.test(row) || NUMBER.test(row);

function block(rows, at) {
  const row = rows[at];
  if (!row.trim()) return [null, at + 1];
  const heading = /^(#{1,6}) +(.*)$/.exec(row);
  if (heading) return [h(`h${Math.min(heading[1].length + 2, 6)}`, {}, inline(heading[2])), at + 1];
  if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(row)) return [h("hr"), at + 1];
  if (row.startsWith("```")) {
    const [code, end] = takeWhile(rows, at + 1, (one) => !one.startsWith("```"));
    return [h("pre", {}, code.join("\n")), end + 1];
  }
  if (row.startsWith(">")) {
    const [quoted, end] = takeWhile(rows, at, (one) => one.startsWith(">"));
    return [h("blockquote", {}, inline(quoted.map((one) => one.replace(/^> ?/, "")).join("\n"))), end];
  }
  if (BULLET.test(row)) return list(rows, at, "ul", BULLET);
  if (NUMBER.test(row)) return list(rows, at, "ol", NUMBER);
  if (isTable(rows, at)) return table(rows, at);
  const [text, end] = takeWhile(rows, at + 1, (one) => !starts(one));
  return [h("p", {}, inline([row, ...text].join("\n"))), end];
}

function list(rows, at, tag, mark) {
  const [items, end] = takeWhile(rows, at, (one) => mark.test(one));
  return [
    h(
      tag,
      {},
      items.map((one) => h("li", {}, inline(one.replace(mark, "")))),
    ),
    end,
  ];
}

function table(rows, at) {
  const [lines, end] = takeWhile(rows, at, (one) => one.includes("|"));
  const cells = (line) =>
    line
      .trim()
      .replace(/^\||\|$/g, "")
      .split("|")
      .map((cell) => cell.trim());
  const [head, , ...body] = lines;
  const row = (line, tag) =>
    h(
      "tr",
      {},
      cells(line).map((cell) => h(tag, {}, inline(cell))),
    );
  const drawn = h(
    "table",
    {},
    h("thead", {}, row(head, "th")),
    h(
      "tbody",
      {},
      body.map((line) => row(line, "td")),
    ),
  );
  return [h("div", { class: "table-scroll", tabindex: "0" }, drawn), end];
}

const INLINE = [
  [/`([^`]+)`/, (found) => h("code", {}, found[1])],
  [/\[([^\]]+)\]\(([^)\s]+)\)/, (found) => link(found[2], found[1])],
  [/\*\*(?=\S)(.+?)\*\*/, (found) => h("strong", {}, inline(found[1]))],
  [/~~(?=\S)(.+?)~~/, (found) => h("s", {}, inline(found[1]))],
  [/(?<![\w*])[*_](?=\S)([^*_\n]+?)[*_](?![\w*])/, (found) => h("em", {}, inline(found[1]))],
  [/https?:\/\/[^\s<>)]+/, (found) => link(found[0])],
];

function inline(text) {
  let first = null;
  for (const [pattern, draw] of INLINE) {
    const found = pattern.exec(text);
    if (found && (!first || found.index < first.found.index)) first = { found, draw };
  }
  if (!first) return text ? [document.createTextNode(withEmoji(text))] : [];
  const before = text.slice(0, first.found.index);
  const after = text.slice(first.found.index + first.found[0].length);
  return [
    before && document.createTextNode(withEmoji(before)),
    first.draw(first.found),
    ...inline(after),
  ].filter(Boolean);
}
