// Times as the person being played would read them: in their zone, near days by name.

import { timezone } from "./workspace.js";

function format(date, options) {
  return new Intl.DateTimeFormat("en-GB", { timeZone: timezone(), ...options }).format(date);
}

export const timeOf = (date) => format(date, { hour: "2-digit", minute: "2-digit" });
export const fullOf = (date) => format(date, { dateStyle: "full", timeStyle: "medium" });
export const dateOfTs = (ts) => new Date(Number(ts) * 1000);

/** A day as a sortable word, in the viewer's zone: two moments of one day give the same word. */
export const dayKey = (date) => format(date, { year: "numeric", month: "2-digit", day: "2-digit" });

function nearDay(date, otherwise, capital = true) {
  const names = { [-1]: "yesterday", 0: "today", 1: "tomorrow" };
  for (const [offset, name] of Object.entries(names)) {
    if (dayKey(new Date(Date.now() + Number(offset) * 86_400_000)) === dayKey(date)) {
      return capital ? name[0].toUpperCase() + name.slice(1) : name;
    }
  }
  return otherwise;
}

const LONG = { weekday: "long", day: "numeric", month: "long", year: "numeric" };
const PLAIN = { day: "numeric", month: "long", year: "numeric" };
const SHORT = { day: "numeric", month: "short", year: "numeric" };

export const dayName = (date) =>
  nearDay(date, format(date, { weekday: "long", day: "numeric", month: "long" }));

function ago(date) {
  const seconds = Math.round((date.getTime() - Date.now()) / 1000);
  const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  const steps = [
    [60, "second", 1],
    [3600, "minute", 60],
    [86_400, "hour", 3600],
    [Infinity, "day", 86_400],
  ];
  const [, unit, size] = steps.find(([limit]) => Math.abs(seconds) < limit);
  return words.format(Math.round(seconds / size), unit);
}

/** Fills Slack's date tokens, e.g. "{date_short_pretty} {time}"; a token nobody knows stays visible. */
export function fillDateTokens(pattern, date) {
  const tokens = {
    date_num: () => format(date, { year: "numeric", month: "2-digit", day: "2-digit" }),
    date: () => format(date, PLAIN),
    date_short: () => format(date, SHORT),
    date_long: () => format(date, LONG),
    date_pretty: () => nearDay(date, format(date, PLAIN), false),
    date_short_pretty: () => nearDay(date, format(date, SHORT), false),
    date_long_pretty: () => nearDay(date, format(date, LONG), false),
    date_long_full: () => format(date, LONG),
    day_divider_pretty: () => dayName(date),
    time: () => timeOf(date),
    time_secs: () => format(date, { timeStyle: "medium" }),
    ago: () => ago(date),
  };
  return pattern.replace(/\{(\w+)\}/g, (whole, name) => tokens[name]?.() ?? whole);
}
