// A channel, a direct message or a thread: its messages, live, and its composer.

import { readMessages } from "./api.js";
import { composer } from "./composer.js";
import { dateOfTs, dayKey, dayName } from "./dates.js";
import { h, patchList } from "./dom.js";
import { fromBot, messageItem } from "./message.js";
import { channel, channelLabel, workspace } from "./workspace.js";

const TOGETHER_SECONDS = 300;
const NEAR_END_PX = 60;
const dismissed = new Set();

export class Conversation {
  /** `openThread(ts)` is called when a person wants a thread; `threadTs` makes this conversation that thread. */
  constructor({ channelId, threadTs = null, openThread }) {
    this.channelId = channelId;
    this.threadTs = threadTs;
    this.latest = null;
    this.list = h("div", {
      class: "messages",
      role: "log",
      "aria-label": "Messages",
      tabindex: "0",
      "data-hook": "messages",
    });
    const where = channelLabel(channel(channelId));
    this.node = h(
      "div",
      { class: "conversation", "data-channel": channelId, "data-channel-name": channel(channelId)?.name },
      this.list,
      composer({ channelId, threadTs, prompt: threadTs ? "Reply…" : `Message ${where}` }),
    );
    this.place = {
      channelId,
      inThread: Boolean(threadTs),
      openThread,
      dismiss: (ts) => {
        dismissed.add(ts);
        this.draw(this.messages);
      },
    };
    this.messages = [];
    this.stopped = false;
    this.reading = 0;
    this.list.addEventListener("load", () => this.atEnd && this.toEnd(), true);
    this.list.addEventListener("scroll", () => {
      const { scrollHeight, scrollTop, clientHeight } = this.list;
      this.atEnd =
        scrollHeight - scrollTop - clientHeight < NEAR_END_PX ||
        scrollTop >= this.startOfLast() - NEAR_END_PX;
    });
    this.atEnd = true;
    // Opening a thread or a phone's keyboard makes the list smaller; who was at the end stays there.
    new ResizeObserver(() => this.atEnd && this.toEnd()).observe(this.list);
  }

  async refresh() {
    this.reading += 1;
    const mine = this.reading;
    const all = await readMessages(this.channelId, workspace.me, this.threadTs);
    if (this.stopped || mine !== this.reading) return;
    this.draw(all);
  }

  draw(all) {
    this.messages = all;
    const shown = all.filter((m) => this.belongs(m) && !(m.ephemeral && dismissed.has(m.ts)));
    const items = this.threadTs ? this.threadItems(shown) : this.channelItems(shown);
    patchList(this.list, items.length ? items : [this.emptyItem()]);
    this.latest = shown.at(-1)?.ts ?? null;
    if (this.atEnd) this.toEnd();
  }

  belongs(m) {
    if (this.threadTs) return m.ts === this.threadTs || m.thread_ts === this.threadTs;
    return !m.thread_ts || m.thread_ts === m.ts || m.reply_broadcast || m.subtype === "thread_broadcast";
  }

  /** The newest message in full view; one taller than the screen from its beginning, for that is where reading starts. */
  toEnd() {
    this.list.scrollTop = Math.min(this.list.scrollHeight - this.list.clientHeight, this.startOfLast());
  }

  startOfLast() {
    const last = this.list.lastElementChild;
    return last ? last.offsetTop - this.list.offsetTop - 8 : 0;
  }

  channelItems(shown) {
    const items = [];
    let before = null;
    for (const m of shown) {
      const when = dateOfTs(m.ts);
      if (!before || dayKey(dateOfTs(before.ts)) !== dayKey(when)) {
        items.push({
          key: `day-${dayKey(when)}`,
          print: dayName(when),
          make: () => h("div", { class: "day", role: "separator" }, h("span", {}, dayName(when))),
        });
        before = null;
      }
      items.push(messageItem(m, this.place, continues(before, m)));
      before = m;
    }
    return items;
  }

  threadItems(shown) {
    const items = shown.map((m, index) =>
      messageItem(m, this.place, index > 1 && continues(shown[index - 1], m)),
    );
    const count = shown.length - 1;
    const words = count > 0 ? `${count} ${count === 1 ? "reply" : "replies"}` : "No replies yet";
    if (items.length)
      items.splice(1, 0, {
        key: "replies",
        print: words,
        make: () => h("div", { class: "day", role: "separator" }, h("span", {}, words)),
      });
    return items;
  }

  emptyItem() {
    const where = channel(this.channelId);
    const text = where?.is_im
      ? "Nothing has been said here yet."
      : `This is the start of #${where?.name ?? ""}. Write something, or press / for commands.`;
    return { key: "empty", print: text, make: () => h("p", { class: "empty" }, text) };
  }

  stop() {
    this.stopped = true;
  }
}

/** The same person going on within five minutes needs no second head; cards always stand alone. */
function continues(before, m) {
  if (!before || before.ephemeral || m.ephemeral || fromBot(m) || fromBot(before) || m.blocks?.length > 1)
    return false;
  return before.user === m.user && Number(m.ts) - Number(before.ts) < TOGETHER_SECONDS;
}
