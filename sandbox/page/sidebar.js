// The left side: who is played, channels with what is unread, direct messages, and the app's Home.

import { fill, h, icon } from "./dom.js";
import { showMenu } from "./menu.js";
import { avatar } from "./people.js";
import { unreadIn } from "./unread.js";
import { appName, channelLabel, me, roleOf, visibleChannels, workspace } from "./workspace.js";

/** Redraws the sidebar. `here` is {channelId, home}; `go` takes {channel} | {home: true} | {as}. */
export function drawSidebar(node, here, go) {
  const { rooms, directs } = visibleChannels();
  const focused = document.activeElement?.closest?.("#sidebar [data-hook]")?.dataset.hook;
  fill(
    node,
    whoPicker(go),
    group(
      "Channels",
      rooms.map((one) =>
        place(one, h("span", { class: "hash", "aria-hidden": "true" }, "#"), one.name, here, go),
      ),
    ),
    group(
      "Direct messages",
      directs.map((one) => {
        const label = channelLabel(one);
        const other = (one.members ?? []).find((id) => id !== workspace.me);
        return place(one, avatar(other ?? workspace.bot.id), label, here, go);
      }),
    ),
    group("App", [homePlace(here, go)]),
    h(
      "p",
      { class: "sidebar-note" },
      "A workspace on this machine. Nothing leaves it, and it forgets everything when it stops.",
    ),
  );
  if (focused) node.querySelector(`[data-hook="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

function whoPicker(go) {
  const one = me();
  const pick = (event) =>
    showMenu(
      event.currentTarget,
      workspace.people.map((other) => ({
        before: avatar(other.id),
        label: other.real_name || other.name,
        hint: other.deleted ? "Deactivated" : roleOf(other),
        checked: other.id === workspace.me,
        data: { "data-person": other.name },
        run: () => go({ as: other.name }),
      })),
      { label: "Be somebody else" },
    );
  return h(
    "button",
    {
      type: "button",
      class: "who",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      "data-hook": "who",
      "data-me": one?.name,
      onclick: pick,
      "aria-label": `You are ${one?.name ?? "nobody"}. Be somebody else`,
    },
    avatar(workspace.me),
    h(
      "span",
      { class: "who-text" },
      h("span", { class: "who-label" }, "You are"),
      h("span", { class: "who-name" }, one?.real_name || one?.name || "…"),
      h("span", { class: "who-role" }, one ? roleOf(one) : ""),
    ),
    icon("chevron"),
  );
}

function group(title, entries) {
  return entries.length
    ? h(
        "section",
        { class: "side-group" },
        h("h2", {}, title),
        h(
          "ul",
          {},
          entries.map((one) => h("li", {}, one)),
        ),
      )
    : null;
}

function place(one, mark, label, here, go) {
  const current = here.channelId === one.id;
  const unread = current ? 0 : unreadIn(one.id);
  return h(
    "button",
    {
      type: "button",
      class: `place${unread ? " is-unread" : ""}`,
      "aria-current": current ? "page" : null,
      "data-channel": one.id,
      "data-channel-name": one.name,
      "data-hook": `place-${one.id}`,
      onclick: () => go({ channel: one.is_im ? one.id : one.name }),
    },
    mark,
    h("span", { class: "place-name" }, label),
    unread > 0 &&
      h("span", { class: "unread", "aria-label": `${unread} unread` }, unread > 99 ? "99+" : String(unread)),
  );
}

function homePlace(here, go) {
  return h(
    "button",
    {
      type: "button",
      class: "place",
      "aria-current": here.home ? "page" : null,
      "data-home": "true",
      "data-hook": "place-home",
      onclick: () => go({ home: true }),
    },
    h("span", { class: "avatar avatar-app", "aria-hidden": "true" }, h("span", { class: "lamp" })),
    h("span", { class: "place-name" }, `${appName()} Home`),
  );
}
