// What a person has typed or chosen in one dialog or Home tab, kept apart from the drawing: the app may redraw the view
// under their hands, and the same block_id and action_id keep their value, as on the platform.

const keyOf = (block, element) => `${block.block_id}\n${element.action_id}`;
const same = (one, other) => JSON.stringify(one ?? null) === JSON.stringify(other ?? null);

export class Form {
  #values = new Map();
  #unsent = new Set();
  #changes = new Map();
  #heard = new Map();

  /**
   * Takes over what the sandbox knows (`view.state`), except where the person is ahead of it. So a script that chooses
   * something, or a redraw that takes an option away, shows here too.
   *
   * `asked` is when this reading began: what the sandbox heard of later is not in it yet.
   */
  sync(state, asked) {
    for (const [blockId, actions] of Object.entries(state?.values ?? {})) {
      for (const [actionId, given] of Object.entries(actions)) {
        const key = `${blockId}\n${actionId}`;
        const value = fromState(given);
        if (value === undefined || this.#unsent.has(key) || asked < this.#heard.get(key)) continue;
        if (this.#values.has(key) && !same(value, this.#values.get(key)))
          this.#changes.set(key, (this.#changes.get(key) ?? 0) + 1);
        this.#values.set(key, value);
      }
    }
  }

  /** The typed value, else what the app gave as a start. */
  value(block, element) {
    const key = keyOf(block, element);
    return this.#values.has(key) ? this.#values.get(key) : initialValue(element);
  }

  /** What the person has just typed or chosen; it is ahead of the sandbox until `sent`. */
  set(block, element, value) {
    this.#values.set(keyOf(block, element), value);
    this.#unsent.add(keyOf(block, element));
  }

  sent(block, element, value) {
    const key = keyOf(block, element);
    if (same(value, this.value(block, element)) && this.#unsent.delete(key)) this.#heard.set(key, performance.now());
  }

  /**
   * The inputs the person is ahead in, as [{block, element, value}]: what the sandbox must hear before something acts.
   * Files go with the submission only; an input that dispatches is sent by its own trigger, not in passing.
   */
  unsent(blocks) {
    const inputs = blocks.filter(
      (block) => block.type === "input" && !block.dispatch_action && block.element.type !== "file_input",
    );
    return inputs
      .map((block) => ({ block, element: block.element, value: this.value(block, block.element) }))
      .filter(({ block, element }) => this.#unsent.has(keyOf(block, element)));
  }

  /** How often others changed this value: a part of what decides whether the block has to be drawn again. */
  changes(block) {
    const element = block.element ?? block.accessory;
    return element ? (this.#changes.get(keyOf(block, element)) ?? 0) : 0;
  }
}

/** A value of `state.values` in the shape the control API takes; undefined where the browser must keep its own. */
function fromState(given) {
  switch (given?.type) {
    case "file_input":
      return undefined;
    case "rich_text_input":
      return undefined;
    case "checkboxes":
    case "multi_static_select":
    case "multi_external_select":
      return (given.selected_options ?? []).map((one) => one.value);
    case "static_select":
    case "external_select":
    case "radio_buttons":
      return given.selected_option?.value ?? null;
    default: {
      const [, value] = Object.entries(given ?? {}).find(([name]) => name !== "type") ?? [];
      return value;
    }
  }
}

/** The start value an element carries, in the shape the control API takes (value, list of values, text). */
export function initialValue(element) {
  switch (element.type) {
    case "checkboxes":
    case "multi_static_select":
    case "multi_external_select":
      return (element.initial_options ?? []).map((one) => one.value);
    case "multi_users_select":
      return element.initial_users ?? [];
    case "multi_conversations_select":
      return element.initial_conversations ?? [];
    case "multi_channels_select":
      return element.initial_channels ?? [];
    default:
      return (
        element.initial_option?.value ??
        element.initial_user ??
        element.initial_conversation ??
        element.initial_channel ??
        element.initial_date ??
        element.initial_time ??
        element.initial_date_time ??
        element.initial_value ??
        null
      );
  }
}

export function isEmpty(value) {
  return (
    value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0)
  );
}
