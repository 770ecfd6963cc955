// Who and what there is in the workspace, and who the person at this page is right now.

import { readState } from "./api.js";

const ROLES = {
  ana: "Rep",
  ben: "Rep",
  maya: "Manager",
  mark: "Marketer",
  adam: "Admin",
};

/** What `GET /_sandbox/state` said last, plus `me`: the id of the person being played. */
export const workspace = {
  team: {},
  people: [],
  channels: [],
  commands: [],
  shortcuts: { global: [], message: [] },
  usergroups: [],
  bot: {},
  me: null,
};

export async function refreshState() {
  const answer = await readState();
  if (answer.ok === false) return false;
  const state = answer.state ?? answer;
  workspace.team = typeof state.team === "string" ? { id: state.team } : (state.team ?? {});
  workspace.bot = state.bot ?? {};
  workspace.people = (state.people ?? []).filter((one) => !isBot(one.id) && !one.is_bot);
  workspace.channels = state.channels ?? [];
  workspace.usergroups = state.usergroups ?? [];
  workspace.commands = (state.commands ?? []).map((one) =>
    typeof one === "string" ? { command: one } : one,
  );
  workspace.shortcuts = sortShortcuts(state.shortcuts);
  return true;
}

function sortShortcuts(given) {
  if (Array.isArray(given)) {
    return {
      global: given.filter((one) => one.type !== "message"),
      message: given.filter((one) => one.type === "message"),
    };
  }
  return { global: given?.global ?? [], message: given?.message ?? [] };
}

export function person(idOrName) {
  return workspace.people.find((one) => one.id === idOrName || one.name === idOrName) ?? null;
}

export const me = () => person(workspace.me);
export const timezone = () => me()?.tz ?? undefined;
export const roleOf = (one) => one.role ?? one.title ?? ROLES[one.name] ?? "Member";

export function channel(idOrName) {
  return workspace.channels.find((one) => one.id === idOrName || one.name === idOrName) ?? null;
}

export function isBot(id) {
  const { id: botId, bot_id: otherId, user_id: userId } = workspace.bot;
  return Boolean(id) && [botId, otherId, userId, "UGREENLIGHT", "BGREENLIGHT"].includes(id);
}

/** Slack lets workspaces choose what people are called; here it is the real name when there is one. */
export function nameOf(id) {
  const one = person(id);
  if (one) return one.real_name || one.name;
  return isBot(id) ? appName() : (id ?? "Someone");
}

export function appName() {
  return workspace.bot.real_name ?? workspace.bot.display_name ?? capital(workspace.bot.name) ?? "Greenlight";
}

function capital(name) {
  return name ? name[0].toUpperCase() + name.slice(1) : null;
}

export function groupHandle(id) {
  const group = workspace.usergroups.find((one) => one.id === id || one.handle === id);
  return group?.handle ?? group?.name ?? id;
}

/** Channels and direct messages this person can see: {rooms, directs}. */
export function visibleChannels() {
  const seen = workspace.channels.filter(
    (one) => !one.is_archived && (!one.is_im || (one.members ?? []).includes(workspace.me)),
  );
  return { rooms: seen.filter((one) => !one.is_im), directs: seen.filter((one) => one.is_im) };
}

export function channelLabel(one) {
  if (!one) return "";
  if (!one.is_im) return `#${one.name}`;
  const other = (one.members ?? []).find((id) => id !== workspace.me);
  return other ? nameOf(other) : one.user && one.user !== workspace.me ? nameOf(one.user) : appName();
}
