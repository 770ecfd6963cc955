// One menu at a time, opened from a button: arrows move, Enter chooses, Esc closes and gives the focus back.

import { h } from "./dom.js";

let openMenu = null;

/**
 * Opens a menu under `anchor`. Items are {label, hint?, run, checked?, href?, data?} or {heading} or {divider: true}.
 */
export function showMenu(anchor, items, { label = "Menu", above = false } = {}) {
  const again = openMenu?.anchor === anchor;
  closeMenu();
  if (again) return;
  const radio = items.some((item) => item.checked !== undefined);
  const menu = h(
    "div",
    { class: "menu", role: "menu", "aria-label": label, popover: "manual" },
    items.map((item) => entry(item, radio)),
  );
  menu.addEventListener("keydown", onKey);
  // Inside a dialog everything outside it is inert, so the menu has to be its child.
  (anchor.closest("dialog") ?? document.body).append(menu);
  menu.showPopover();
  place(menu, anchor, above);
  anchor.setAttribute("aria-expanded", "true");
  openMenu = { anchor, menu };
  (menu.querySelector('[aria-checked="true"]') ?? entries(menu)[0])?.focus({ preventScroll: true });
}

function entry(item, radio) {
  if (item.divider) return h("hr", {});
  if (item.heading) return h("p", { class: "menu-heading", role: "presentation" }, item.heading);
  const props = {
    class: "menu-item",
    role: radio ? "menuitemradio" : "menuitem",
    tabindex: "-1",
    "aria-checked": item.checked === undefined ? null : String(item.checked),
    ...item.data,
    onclick: () => {
      closeMenu();
      item.run?.();
    },
  };
  const content = [
    item.before,
    h("span", { class: "menu-label" }, item.label),
    item.hint && h("span", { class: "menu-hint" }, item.hint),
  ];
  if (item.href)
    return h("a", { ...props, href: item.href, target: "_blank", rel: "noopener noreferrer" }, content);
  return h("button", { type: "button", ...props }, content);
}

const entries = (menu) => [...menu.querySelectorAll(".menu-item")];

function place(menu, anchor, above) {
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const left = Math.max(8, Math.min(at.left, innerWidth - width - 8));
  const below = at.bottom + 6;
  const top = above || below + height > innerHeight - 8 ? Math.max(8, at.top - height - 6) : below;
  menu.style.left = `${left}px`;
  menu.style.top = `${top}px`;
}

function onKey(event) {
  const all = entries(event.currentTarget);
  const at = all.indexOf(document.activeElement);
  const to = {
    ArrowDown: (at + 1) % all.length,
    ArrowUp: (at - 1 + all.length) % all.length,
    Home: 0,
    End: all.length - 1,
  }[event.key];
  if (to !== undefined) all[to].focus();
  else if (event.key === "Escape" || event.key === "Tab") closeMenu();
  else if (event.key.length === 1 && event.key !== " ") byLetter(all, at, event.key);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function byLetter(all, at, letter) {
  const turned = [...all.slice(at + 1), ...all.slice(0, at + 1)];
  turned.find((item) => item.textContent.trim().toLowerCase().startsWith(letter.toLowerCase()))?.focus();
}

export function closeMenu() {
  if (!openMenu) return false;
  const { anchor, menu } = openMenu;
  openMenu = null;
  const hadFocus = menu.contains(document.activeElement);
  menu.remove();
  anchor.setAttribute("aria-expanded", "false");
  if (hadFocus && anchor.isConnected) anchor.focus({ preventScroll: true });
  return true;
}

document.addEventListener("pointerdown", (event) => {
  if (openMenu && !openMenu.menu.contains(event.target) && !openMenu.anchor.contains(event.target))
    closeMenu();
});
addEventListener("resize", closeMenu);
