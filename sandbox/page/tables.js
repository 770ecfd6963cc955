// The table and data_table blocks, as real tables that scroll inside their box on a phone.

import { h } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { richText } from "./richtext.js";

function cellContent(cell) {
  if (cell?.type === "rich_text") return richText(cell);
  if (cell?.type === "raw_number") return cell.text ?? number(cell.value);
  return withEmoji(String(cell?.text ?? ""));
}

export function number(value) {
  return typeof value === "number"
    ? value.toLocaleString("en-GB", { maximumFractionDigits: 2 })
    : String(value ?? "");
}

const FIGURE = /^[\s€$£<>≤≥~+−-]*[\d.,]+\s*(%|x|[a-zA-Z]{1,3}|€)?$/;

function looksNumeric(cell) {
  return cell?.type === "raw_number" || (cell?.type === "raw_text" && FIGURE.test(cell.text));
}

/** A column is set right when all its cells below the header are figures. */
function alignments(rows, settings = []) {
  const width = Math.max(0, ...rows.map((row) => row.length));
  const body = rows.slice(1);
  return Array.from({ length: width }, (_, index) => {
    if (settings[index]?.align) return settings[index].align;
    const cells = body.map((row) => row[index]).filter((cell) => cell?.text || cell?.type === "raw_number");
    return cells.length && cells.every(looksNumeric) ? "right" : "left";
  });
}

function grid(block, { caption = null, headerColumn = null } = {}) {
  const rows = block.rows ?? [];
  const aligned = alignments(rows, block.column_settings ?? []);
  const wraps = (index) => block.column_settings?.[index]?.is_wrapped ?? aligned[index] !== "right";
  const cell = (tag, given, index, more = {}) =>
    h(tag, { class: `align-${aligned[index]}${wraps(index) ? "" : " nowrap"}`, ...more }, cellContent(given));
  const [head = [], ...body] = rows;
  return h(
    "div",
    { class: "table-scroll", tabindex: "0", role: "group", "aria-label": caption ?? "Table" },
    h(
      "table",
      {},
      caption && h("caption", {}, caption),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          head.map((given, index) => cell("th", given, index, { scope: "col" })),
        ),
      ),
      h(
        "tbody",
        {},
        body.map((row) =>
          h(
            "tr",
            {},
            row.map((given, index) =>
              index === headerColumn ? cell("th", given, index, { scope: "row" }) : cell("td", given, index),
            ),
          ),
        ),
      ),
    ),
  );
}

export const table = (block) => h("div", { class: "block block-table" }, grid(block));

/** data_table shows `page_size` rows at first, the rest on demand, like the platform does. */
export function dataTable(block) {
  const size = block.page_size ?? 5;
  const [head, ...body] = block.rows ?? [];
  const box = h("div", { class: "block block-table" });
  const draw = (shown) => {
    const rows = [head ?? [], ...body.slice(0, shown)];
    const drawn = grid(
      { ...block, rows },
      { caption: block.caption, headerColumn: block.row_header_column_index ?? null },
    );
    const left = body.length - shown;
    box.replaceChildren(drawn);
    if (left > 0) {
      box.append(
        h(
          "button",
          { type: "button", class: "text-button", onclick: () => draw(body.length) },
          `Show ${left} more ${left === 1 ? "row" : "rows"}`,
        ),
      );
    }
  };
  draw(size);
  return box;
}
