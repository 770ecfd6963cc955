// What a person has not seen yet, per channel. Kept for this tab only, as all of the sandbox is in memory.

import { readMessages } from "./api.js";
import { visibleChannels, workspace } from "./workspace.js";

const seen = new Map();
const counts = new Map();
const keyOf = (channelId) => `${workspace.me} ${channelId}`;

export const unreadIn = (channelId) => counts.get(keyOf(channelId)) ?? 0;

export function allUnread() {
  const { rooms, directs } = visibleChannels();
  return [...rooms, ...directs].reduce((sum, one) => sum + unreadIn(one.id), 0);
}

export function markSeen(channelId, latestTs) {
  if (latestTs) seen.set(keyOf(channelId), latestTs);
  counts.delete(keyOf(channelId));
}

/** Counts what came after the last look. The first look of a tab takes what is there as seen: it is history. */
export async function countUnread(channelId) {
  const key = keyOf(channelId);
  const who = workspace.me;
  const shown = (await readMessages(channelId, who)).filter((m) => !m.thread_ts || m.thread_ts === m.ts);
  if (who !== workspace.me) return;
  const last = seen.get(key);
  if (last === undefined) seen.set(key, shown.at(-1)?.ts ?? "0");
  else counts.set(key, shown.filter((m) => Number(m.ts) > Number(last) && m.user !== who).length);
}
