// The page: the address says who is played and what is open (#as=ana&channel=leads&thread=TS, #as=maya&home=1),
// the sandbox's stream says what changed, and only that is read again.

import { listen } from "./api.js";
import { Conversation } from "./conversation.js";
import { dialogIsOpen, hide as hideDialog, refreshDialog } from "./dialog.js";
import { fill, h, icon } from "./dom.js";
import { Home } from "./home.js";
import { closeMenu } from "./menu.js";
import { drawSidebar } from "./sidebar.js";
import { openSwitcher } from "./switcher.js";
import { allUnread, countUnread, markSeen } from "./unread.js";
import {
  appName,
  channel,
  channelLabel,
  me,
  person,
  refreshState,
  visibleChannels,
  workspace,
} from "./workspace.js";

const byId = (id) => document.getElementById(id);
const open = { channelId: null, home: null, main: null, thread: null };

// Where we are

function readAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  const who = person(given.get("as")) ?? person(workspace.me) ?? workspace.people[0];
  const { rooms } = visibleChannels();
  const named = channel(given.get("channel"));
  const wanted = named?.is_im && !(named.members ?? []).includes(who?.id) ? null : named;
  return {
    who,
    home: given.get("home") === "1",
    thread: given.get("thread"),
    channelId: wanted?.id ?? rooms.find((one) => one.name === "leads")?.id ?? rooms[0]?.id ?? null,
  };
}

/** Goes somewhere by changing the address: {as?, channel?, home?, thread?}; what is left out stays, but a thread does not. */
function go(target) {
  const before = new URLSearchParams(location.hash.slice(1));
  const next = new URLSearchParams();
  next.set("as", target.as ?? me()?.name ?? "");
  const home = target.home ?? (target.channel ? false : before.get("home") === "1");
  const place = target.channel ?? before.get("channel");
  if (home) next.set("home", "1");
  else if (place) next.set("channel", place);
  if (target.thread) next.set("thread", target.thread);
  showSidebar(false);
  if (`#${next}` === location.hash) void followAddress();
  else location.hash = String(next);
}

const here = () => ({ channelId: open.channelId, home: Boolean(open.home) });

async function followAddress() {
  const at = readAddress();
  if (!at.who) return;
  if (location.hash.length < 2) history.replaceState(null, "", `#as=${at.who.name}`);
  const another = workspace.me !== at.who.id;
  if (another) {
    closeMenu();
    hideDialog();
    workspace.me = at.who.id;
  }
  if (at.home) showHome(another);
  else showChannel(at, another);
  showThread(at.home ? null : at.thread, another);
  drawSide();
  await Promise.all([refreshDialog(), ...(another ? [countOthers()] : [])]);
}

function showHome(another) {
  if (open.home && !another) return;
  stopMain();
  open.home = new Home();
  fill(byId("main"), head(h("h1", {}, appName()), h("p", {}, "Home")), open.home.node);
  void open.home.open();
}

function showChannel({ channelId }, another) {
  if (open.main && open.channelId === channelId && !another) return;
  stopMain();
  if (!channelId) return;
  open.channelId = channelId;
  open.main = new Conversation({ channelId, openThread: (ts) => go({ thread: ts }) });
  const count = channel(channelId)?.members?.length;
  fill(
    byId("main"),
    head(
      h("h1", {}, channelLabel(channel(channelId))),
      count && !channel(channelId).is_im ? h("p", {}, `${count} members`) : null,
    ),
    open.main.node,
  );
  void refreshMain();
}

function head(...children) {
  return h("header", { class: "place-head" }, children);
}

function stopMain() {
  open.main?.stop();
  open.home?.stop();
  Object.assign(open, { main: null, home: null, channelId: null });
}

function showThread(ts, another) {
  const pane = byId("thread");
  if (!ts) {
    open.thread?.stop();
    open.thread = null;
    pane.hidden = true;
    pane.replaceChildren();
    return;
  }
  if (open.thread?.threadTs === ts && open.thread.channelId === open.channelId && !another) return;
  open.thread?.stop();
  open.thread = new Conversation({ channelId: open.channelId, threadTs: ts, openThread: () => undefined });
  pane.hidden = false;
  pane.replaceChildren(
    h(
      "header",
      { class: "place-head" },
      h("h2", {}, "Thread"),
      h("p", {}, channelLabel(channel(open.channelId))),
      h(
        "button",
        {
          type: "button",
          class: "icon-button",
          "aria-label": "Close thread",
          "data-hook": "close-thread",
          onclick: closeThread,
        },
        icon("close"),
      ),
    ),
    open.thread.node,
  );
  void open.thread.refresh();
  if (matchMedia("(min-width: 761px)").matches)
    open.thread.node.querySelector("textarea").focus({ preventScroll: true });
}

function closeThread() {
  const ts = open.thread?.threadTs;
  go({});
  requestAnimationFrame(() =>
    document.querySelector(`.main [data-ts="${CSS.escape(ts ?? "")}"]`)?.focus({ preventScroll: true }),
  );
}

// What changed

async function refreshMain() {
  const shown = open.main;
  await shown?.refresh();
  if (!shown || shown !== open.main) return;
  if (!document.hidden) markSeen(shown.channelId, shown.latest);
  drawSide();
}

async function countOthers() {
  const { rooms, directs } = visibleChannels();
  await Promise.all(
    [...rooms, ...directs].filter((one) => one.id !== open.channelId).map((one) => countUnread(one.id)),
  );
  drawSide();
}

function drawSide() {
  drawSidebar(byId("sidebar"), here(), go);
  const unread = allUnread();
  const where = open.home ? `${appName()} Home` : channelLabel(channel(open.channelId));
  document.title = `${unread ? `(${unread}) ` : ""}${where} · Greenlight sandbox`;
}

async function refreshAll() {
  if (!(await refreshState())) return;
  if (!workspace.me) return followAddress();
  await Promise.all([
    refreshMain(),
    open.thread?.refresh(),
    open.home?.refresh(),
    refreshDialog(),
    countOthers(),
  ]);
}

// Several changes come within a few milliseconds of one act; they are read together, once.
const waiting = new Set();
let timer = null;

function changed({ kind, channel: where, user }) {
  if (kind === "call") return;
  if (["view", "home", "ephemeral"].includes(kind) && user && user !== workspace.me) return;
  waiting.add(
    ["message", "ephemeral", "file"].includes(kind) ? `messages ${channel(where)?.id ?? where ?? ""}` : kind,
  );
  timer ??= setTimeout(readChanges, 40);
}

async function readChanges() {
  timer = null;
  const kinds = [...waiting];
  waiting.clear();
  if (kinds.includes("state")) return refreshAll();
  const channels = kinds
    .filter((kind) => kind.startsWith("messages "))
    .map((kind) => kind.slice("messages ".length));
  const mine = channels.some((id) => !id || id === open.channelId);
  const others = channels.filter((id) => id && id !== open.channelId);
  if (others.some((id) => !channel(id))) await refreshState();
  await Promise.all([
    mine && refreshMain(),
    mine && open.thread?.refresh(),
    kinds.includes("view") && refreshDialog(),
    kinds.includes("home") && open.home?.refresh(),
    ...others.filter((id) => visible(id)).map(countUnread),
  ]);
  if (others.length) drawSide();
}

function visible(id) {
  const { rooms, directs } = visibleChannels();
  return [...rooms, ...directs].some((one) => one.id === id);
}

let wasDown = false;
function linkChanged(up) {
  byId("link-state").textContent = up ? "" : "Reconnecting…";
  if (up && wasDown) void refreshAll();
  wasDown = !up;
}

// Keys and frame

function showSidebar(shown) {
  byId("frame").classList.toggle("sidebar-open", shown);
  byId("open-sidebar").setAttribute("aria-expanded", String(shown));
  if (shown) byId("sidebar").querySelector("button")?.focus();
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openSwitcher(go);
  }
  if (
    event.key !== "Escape" ||
    event.defaultPrevented ||
    dialogIsOpen() ||
    document.querySelector("dialog[open]")
  )
    return;
  if (closeMenu()) return;
  if (byId("frame").classList.contains("sidebar-open")) showSidebar(false);
  else if (open.thread) closeThread();
});

document.addEventListener("click", (event) => {
  const chip = event.target.closest("[data-open-channel]");
  if (!chip) return;
  event.preventDefault();
  go({
    channel: channel(chip.dataset.openChannel)?.is_im
      ? chip.dataset.openChannel
      : channel(chip.dataset.openChannel)?.name,
  });
});
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  byId("main").focus();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && workspace.me) void refreshMain();
});
byId("jump").addEventListener("click", () => openSwitcher(go));
byId("open-sidebar").addEventListener("click", () =>
  showSidebar(!byId("frame").classList.contains("sidebar-open")),
);
byId("frame").addEventListener("click", (event) => event.target === byId("frame") && showSidebar(false));
addEventListener("hashchange", () => void followAddress());

async function start() {
  while (!(await refreshState()) || !workspace.people.length)
    await new Promise((resolve) => setTimeout(resolve, 1000));
  await followAddress();
  listen(changed, linkChanged);
}

void start();
