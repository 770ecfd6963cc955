// The data_visualization block as inline SVG. Every chart also gives its numbers as a table for those who cannot see it.

import { freshId, h } from "./dom.js";
import { number } from "./tables.js";

const COLOURS = 12;
const colour = (index) => `var(--series-${(index % COLOURS) + 1})`;

/** One data_visualization block: title, picture, legend, numbers. */
export function chart(block) {
  const given = block.chart ?? {};
  const pie = given.type === "pie";
  const { picture, legend, rows } = pie ? pieChart(given, block.title) : axisChart(given, block.title);
  return h(
    "figure",
    { class: `block chart chart-${given.type}`, "data-chart": given.type },
    h("figcaption", {}, block.title),
    h("div", { class: pie ? "chart-row" : "chart-column" }, picture, legend),
    h("details", { class: "chart-numbers" }, h("summary", {}, "Show the numbers"), numbersTable(rows)),
  );
}

function numbersTable([head, ...body]) {
  return h(
    "div",
    { class: "table-scroll", tabindex: "0" },
    h(
      "table",
      {},
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          head.map((cell) => h("th", { scope: "col" }, cell)),
        ),
      ),
      h(
        "tbody",
        {},
        body.map(([label, ...cells]) =>
          h(
            "tr",
            {},
            h("th", { scope: "row" }, label),
            cells.map((cell) => h("td", { class: "align-right" }, cell)),
          ),
        ),
      ),
    ),
  );
}

function svg(width, height, title, description, ...children) {
  const [titleId, descId] = [freshId("chart-title"), freshId("chart-desc")];
  return h(
    "svg",
    {
      viewBox: `0 0 ${width} ${height}`,
      role: "img",
      "aria-labelledby": titleId,
      "aria-describedby": descId,
    },
    h("title", { id: titleId }, title),
    h("desc", { id: descId }, description),
    ...children,
  );
}

function legendOf(entries) {
  return h(
    "ul",
    { class: "legend" },
    entries.map(({ label, value }, index) =>
      h(
        "li",
        {},
        h("span", { class: "swatch", style: `background: ${colour(index)}` }),
        h("span", { class: "legend-label" }, label),
        value && h("span", { class: "legend-value" }, value),
      ),
    ),
  );
}

function pieChart({ segments = [] }, title) {
  const total = segments.reduce((sum, one) => sum + Math.max(0, one.value), 0);
  const share = (value) => (total ? `${Math.round((100 * value) / total)} %` : "0 %");
  const [outer, inner] = [92, 54];
  let turned = 0;
  const slices = segments.map((one, index) => {
    const from = turned;
    turned += total ? Math.max(0, one.value) / total : 0;
    return h(
      "path",
      { d: ring(from, turned, outer, inner), fill: colour(index), class: "slice" },
      h("title", {}, `${one.label}: ${number(one.value)} (${share(one.value)})`),
    );
  });
  const words = segments.map((one) => `${one.label} ${number(one.value)}, ${share(one.value)}`).join("; ");
  const middle = [
    h("text", { x: 100, y: 99, class: "pie-total" }, number(total)),
    h("text", { x: 100, y: 117, class: "pie-word" }, "in all"),
  ];
  return {
    picture: svg(200, 200, title, words, ...slices, ...middle),
    legend: legendOf(
      segments.map((one) => ({ label: one.label, value: `${number(one.value)} · ${share(one.value)}` })),
    ),
    rows: [
      ["", "Value", "Share"],
      ...segments.map((one) => [one.label, number(one.value), share(one.value)]),
    ],
  };
}

/** A ring segment between two fractions of a turn; a whole turn needs two arcs, or the path would be empty. */
function ring(from, to, outer, inner) {
  const end = to - from >= 1 ? from + 0.9999 : to;
  const point = (turn, radius) => {
    const angle = turn * 2 * Math.PI - Math.PI / 2;
    return `${(100 + radius * Math.cos(angle)).toFixed(2)} ${(100 + radius * Math.sin(angle)).toFixed(2)}`;
  };
  const large = end - from > 0.5 ? 1 : 0;
  const out = `M${point(from, outer)} A${outer} ${outer} 0 ${large} 1 ${point(end, outer)}`;
  return `${out} L${point(end, inner)} A${inner} ${inner} 0 ${large} 0 ${point(from, inner)} Z`;
}

/** Ticks at 1, 2, 2.5 or 5 times a power of ten, with 0 always among them. */
function ticks(values) {
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values) || (low < 0 ? 0 : 1);
  const rough = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((one) => one * power).find((one) => one >= rough - 1e-9);
  const from = Math.floor(low / step);
  const to = Math.ceil(high / step - 1e-9);
  return Array.from({ length: to - from + 1 }, (_, index) => Number(((from + index) * step).toPrecision(12)));
}

function axisChart({ type, series = [], axis_config: axis = {} }, title) {
  const categories = axis.categories ?? series[0]?.data.map((one) => one.label) ?? [];
  const values = series.map((one) =>
    categories.map((label) => one.data.find((point) => point.label === label)?.value ?? null),
  );
  const marks = ticks(values.flat().filter((value) => value !== null));
  const box = plotBox(categories, marks, axis);
  const y = (value) => box.bottom - ((value - marks[0]) / (marks.at(-1) - marks[0])) * (box.bottom - box.top);
  const draw = { bar: bars, line: lines, area: areas }[type] ?? lines;
  const words = series
    .map(
      (one, index) =>
        `${one.name}: ${categories.map((label, at) => `${label} ${number(values[index][at])}`).join(", ")}`,
    )
    .join("; ");
  return {
    picture: svg(
      box.width,
      box.height,
      title,
      words,
      ...axes(box, categories, marks, axis, y),
      ...draw(box, series, categories, values, y),
    ),
    legend: series.length > 1 ? legendOf(series.map((one) => ({ label: one.name }))) : null,
    rows: [
      ["", ...series.map((one) => one.name)],
      ...categories.map((label, at) => [label, ...values.map((row) => number(row[at]))]),
    ],
  };
}

function plotBox(categories, marks, axis) {
  const width = 560;
  const figures = 18 + Math.max(...marks.map((mark) => number(mark).length)) * 7;
  const slotFrom = (left) => (width - left - 12) / Math.max(1, categories.length);
  const longest = Math.max(0, ...categories.map((label) => label.length)) * 6.6;
  const tilted = longest > slotFrom(figures) - 6;
  // A tilted first label reaches out to the left of its bar.
  const reach = tilted ? (categories[0]?.length ?? 0) * 5.2 - slotFrom(figures) / 2 : 0;
  const left = Math.max(figures, reach);
  const slot = slotFrom(left);
  const foot = (tilted ? Math.min(86, 20 + longest * 0.62) : 28) + (axis.x_label ? 20 : 0);
  const top = axis.y_label ? 30 : 16;
  const bottom = top + 196;
  return { width, height: bottom + foot, left, right: width - 12, top, bottom, slot, tilted };
}

const middleOf = (box, index) => box.left + box.slot * (index + 0.5);

function axes(box, categories, marks, axis, y) {
  const grid = marks.map((mark) =>
    h(
      "g",
      {},
      h("line", {
        x1: box.left,
        x2: box.right,
        y1: y(mark),
        y2: y(mark),
        class: mark === 0 ? "axis" : "grid",
      }),
      h("text", { x: box.left - 8, y: y(mark) + 4, class: "tick tick-y" }, number(mark)),
    ),
  );
  const names = categories.map((label, index) => {
    const [x, at] = [middleOf(box, index), box.bottom + 18];
    return box.tilted
      ? h(
          "text",
          { x: x + 4, y: at - 2, class: "tick tick-tilted", transform: `rotate(-38 ${x + 4} ${at - 2})` },
          label,
        )
      : h("text", { x, y: at, class: "tick tick-x" }, label);
  });
  return [
    ...grid,
    ...names,
    axis.x_label &&
      h("text", { x: (box.left + box.right) / 2, y: box.height - 5, class: "axis-label" }, axis.x_label),
    axis.y_label && h("text", { x: 2, y: 11, class: "axis-label axis-label-y" }, axis.y_label),
  ].filter(Boolean);
}

function bars(box, series, categories, values, y) {
  const group = Math.min(box.slot * 0.72, 64 * series.length);
  const width = group / series.length;
  return series
    .flatMap((one, row) =>
      categories.map((label, index) => {
        const value = values[row][index];
        if (value === null) return null;
        const [top, foot] = [Math.min(y(value), y(0)), Math.max(y(value), y(0))];
        const x = middleOf(box, index) - group / 2 + row * width + 1;
        return h(
          "g",
          {},
          h(
            "rect",
            {
              x,
              y: top,
              width: Math.max(1, width - 2),
              height: Math.max(0.5, foot - top),
              rx: 2.5,
              fill: colour(row),
              class: "bar",
            },
            h("title", {}, `${label}, ${one.name}: ${number(value)}`),
          ),
          series.length === 1 &&
            box.slot >= 30 &&
            h("text", { x: x + width / 2 - 1, y: top - 5, class: "value" }, number(value)),
        );
      }),
    )
    .filter(Boolean);
}

function points(box, values, y) {
  return values
    .map((value, index) => (value === null ? null : [middleOf(box, index), y(value)]))
    .filter(Boolean);
}

const trail = (given) =>
  given.map(([x, at], index) => `${index ? "L" : "M"}${x.toFixed(1)} ${at.toFixed(1)}`).join(" ");

function lines(box, series, categories, values, y) {
  return series.map((one, row) =>
    h(
      "g",
      {},
      h("path", { d: trail(points(box, values[row], y)), stroke: colour(row), class: "line" }),
      categories.map((label, index) =>
        values[row][index] === null
          ? null
          : h(
              "circle",
              {
                cx: middleOf(box, index),
                cy: y(values[row][index]),
                r: 3.4,
                fill: colour(row),
                class: "dot",
              },
              h("title", {}, `${label}, ${one.name}: ${number(values[row][index])}`),
            ),
      ),
    ),
  );
}

function areas(box, series, categories, values, y) {
  const filled = series.map((one, row) => {
    const edge = points(box, values[row], y);
    if (!edge.length) return null;
    const closed = `${trail(edge)} L${edge.at(-1)[0].toFixed(1)} ${y(0).toFixed(1)} L${edge[0][0].toFixed(1)} ${y(0).toFixed(1)} Z`;
    return h("path", { d: closed, fill: colour(row), class: "area" });
  });
  return [...filled.filter(Boolean), ...lines(box, series, categories, values, y)];
}
