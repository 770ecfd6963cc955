// Building and patching the document. Text always goes in as text nodes, so nothing a person typed can become markup.

const SVG = "http://www.w3.org/2000/svg";
const SVG_TAGS = new Set([
  "svg",
  "path",
  "g",
  "rect",
  "circle",
  "line",
  "polyline",
  "polygon",
  "text",
  "title",
  "desc",
]);

/** An element: `h("p", {class: "x", onclick: f, "data-ts": ts}, "text", node, [more])`. False and null are left out. */
export function h(tag, props = {}, ...children) {
  const node = SVG_TAGS.has(tag) ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "value" && "value" in node) node.value = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...flat(children));
  return node;
}

function flat(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

export function fill(parent, ...children) {
  parent.replaceChildren(...flat(children));
}

const prints = new WeakMap();

/**
 * Makes `parent` show `items` in order, touching only what changed, so that live updates never flicker.
 * Each item is {key, print, make}: the same key with the same print keeps its node.
 */
export function patchList(parent, items) {
  const old = new Map([...parent.children].map((node) => [node.dataset.key, node]));
  let cursor = parent.firstElementChild;
  for (const { key, print, make } of items) {
    let node = old.get(key);
    old.delete(key);
    if (!node || prints.get(node) !== print) {
      const fresh = make();
      fresh.dataset.key = key;
      prints.set(fresh, print);
      if (node) {
        if (cursor === node) cursor = fresh;
        replaceKeepingFocus(node, fresh);
      }
      node = fresh;
    }
    if (node === cursor) cursor = cursor.nextElementSibling;
    else parent.insertBefore(node, cursor);
  }
  for (const node of old.values()) node.remove();
}

/** A redraw under the fingers of a person must not throw them out of the field they are in. */
function replaceKeepingFocus(old, fresh) {
  const active = document.activeElement;
  const hook =
    old.contains(active) && active !== old ? active.closest("[data-action-id], [data-hook]") : null;
  const [start, end] =
    hook && "selectionStart" in active ? [active.selectionStart, active.selectionEnd] : [null, null];
  old.replaceWith(fresh);
  if (!hook) return;
  const name = hook.dataset.actionId ? "data-action-id" : "data-hook";
  const twin = fresh.querySelector(`[${name}="${CSS.escape(hook.getAttribute(name))}"]`);
  if (!twin) return;
  twin.focus({ preventScroll: true });
  if (start !== null && "setSelectionRange" in twin) {
    try {
      twin.setSelectionRange(start, end);
    } catch {
      // Number and e-mail fields refuse selections; focus alone is enough there.
    }
  }
}

let counter = 0;
export function freshId(prefix) {
  counter += 1;
  return `${prefix}-${counter}`;
}

const ICONS = {
  bolt: "M11 2.5 4.5 11.5H9l-1 6 6.5-9H10l1-6Z",
  send: "M3 10.2 17 3.5l-4.6 13.3-2.9-5.4L3 10.2Z",
  close: "M5 5l10 10M15 5 5 15",
  dots: "M4.5 10h.01M10 10h.01M15.5 10h.01",
  reply: "M8 5 3.5 9.5 8 14M4 9.5h7a5 5 0 0 1 5 5V16",
  chevron: "M6 8l4 4 4-4",
  clip: "M14.5 9.5l-5 5a3.2 3.2 0 0 1-4.6-4.6l6-6a2.2 2.2 0 0 1 3.1 3.1l-5.7 5.7a1 1 0 0 1-1.5-1.5L12 6",
  home: "M3.5 9.5 10 4l6.5 5.5V16H12v-4H8v4H3.5V9.5Z",
  file: "M6 2.8h5.5L15 6.3v10.9H6V2.8Zm5.2.2v3.6h3.6",
};

export function icon(name) {
  return h(
    "svg",
    { viewBox: "0 0 20 20", class: `icon icon-${name}`, "aria-hidden": "true" },
    h("path", { d: ICONS[name] }),
  );
}
