// What a person has not seen yet, per channel. Kept for this tab only, as all of the sandbox is in memory.

import { readMessages } from "./api.js";
import { visibleChannels, workspace } from "./workspace.js";

// What came before this tab was opened is history; the rest is news for everyone who is played later.
const openedAt = Date.now() / 1000;
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

/** Counts what others said after the last look. */
export async function countUnread(channelId) {
  const key = keyOf(channelId);
  const who = workspace.me;
  const shown = (await readMessages(channelId, who)).filter((m) => !m.thread_ts || m.thread_ts === m.ts);
  if (who !== workspace.me) return;
  const last = Number(seen.get(key) ?? openedAt);
  counts.set(key, shown.filter((m) => Number(m.ts) > last && m.user !== who).length);
}
