// The app's Home tab: drawn from the view the app published for this person.

import { perform, troubleWith } from "./acting.js";
import { act, readHome } from "./api.js";
import { blockItems } from "./blocks.js";
import { h, patchList } from "./dom.js";
import { Form } from "./form.js";
import { appName, workspace } from "./workspace.js";

export class Home {
  constructor() {
    this.blocks = h("div", { class: "home-blocks" });
    this.node = h("div", { class: "home", tabindex: "0", "data-hook": "home" }, this.blocks);
    this.form = new Form();
    this.viewId = null;
    this.trouble = null;
    this.stopped = false;
    this.reading = 0;
  }

  /** Tells the app that the tab was opened, as the platform does at each visit, and shows what it publishes. */
  async open() {
    await this.refresh();
    this.trouble = troubleWith(await act("open_home", { as: workspace.me }));
    await this.refresh();
  }

  async refresh() {
    this.reading += 1;
    const mine = this.reading;
    const asked = performance.now();
    const view = await readHome(workspace.me);
    if (this.stopped || mine !== this.reading) return;
    if (!view) return patchList(this.blocks, [this.emptyItem()]);
    if (view.id !== this.viewId) this.form = new Form();
    this.viewId = view.id;
    this.form.sync(view.state, asked);
    patchList(this.blocks, blockItems(view.blocks, this.surface(view.blocks)));
  }

  surface(blocks) {
    const names = (element, block) => ({
      action_id: element.action_id,
      block_id: block.block_id,
      view_id: this.viewId,
      home: true,
    });
    const form = this.form;
    const select = async (element, block, value, control, quiet) => {
      const answer = await perform(
        "select",
        { ...names(element, block), label: block.label?.text, value },
        { control, quiet },
      );
      if (answer?.ok) form.sent(block, element, value);
    };
    // As in a dialog: what was typed is known before something acts.
    const keepAll = () =>
      form
        .unsent(blocks)
        .forEach(({ block, element, value }) => void select(element, block, value, null, true));
    return {
      kind: "home",
      form,
      errors: {},
      press: async (element, block, node, extra = {}) => {
        keepAll();
        await perform(
          "click",
          { ...names(element, block), value: element.value, ...extra },
          { control: node },
        );
      },
      choose: async (element, block, value, node) => {
        keepAll();
        await select(element, block, value, node, false);
      },
      keep: (element, block, value) => void select(element, block, value, null, true),
    };
  }

  emptyItem() {
    const words = this.trouble ?? `${appName()} has not published a Home for you yet.`;
    return { key: "empty", print: words, make: () => h("p", { class: "empty" }, words) };
  }

  stop() {
    this.stopped = true;
  }
}
