// The sandbox's control API. Answers are read tolerantly: the page only needs their core.

async function call(path, options) {
  let response;
  try {
    response = await fetch(`/_sandbox/${path}`, options);
  } catch {
    return { ok: false, error: "The sandbox cannot be reached. Is it still running?", unreachable: true };
  }
  try {
    return await response.json();
  } catch {
    return { ok: false, error: `The sandbox answered ${response.status} without JSON.` };
  }
}

function get(path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined);
  const search = new URLSearchParams(given).toString();
  return call(search ? `${path}?${search}` : path);
}

/** One acting call; answers {ok, status, ack_ms, ack, view} or {ok: false, error}. */
export function act(path, body) {
  return call(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

export const readState = () => get("state");

/** Messages of a channel or a thread, oldest first, with `as`'s ephemerals. */
export async function readMessages(channel, as, threadTs = null) {
  const answer = await get("messages", { channel, as, thread_ts: threadTs });
  if (Array.isArray(answer)) return answer;
  return answer.messages ?? [];
}

/** The person's top dialog as {view, errors}, view null when none is open. */
export async function readView(as) {
  return opened(await get("view", { as }));
}

export async function readHome(as) {
  return opened(await get("home", { as })).view;
}

function opened(answer) {
  const view = answer?.blocks ? answer : (answer?.view ?? answer?.home ?? null);
  return {
    view: view?.blocks ? view : null,
    errors: answer?.errors ?? view?.errors ?? {},
    failed: Boolean(answer?.unreachable),
  };
}

/** Calls `onChange({kind, channel?, user?, ts?})` for each change; `onLink(true|false)` when the line goes up or down. */
export function listen(onChange, onLink) {
  const source = new EventSource("/_sandbox/stream");
  source.onopen = () => onLink(true);
  source.onerror = () => onLink(false);
  source.onmessage = (event) => {
    try {
      onChange(JSON.parse(event.data));
    } catch {
      // A keep-alive or a line we do not know; the next change will be read.
    }
  };
  return source;
}
