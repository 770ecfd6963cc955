// Doing something as the person being played, and saying plainly when the app did not take it.

import { act } from "./api.js";
import { toast } from "./toast.js";
import { appName, workspace } from "./workspace.js";

// Two acts of one person must arrive in the order they were made: a typed note before the button that saves it.
let line = Promise.resolve();

/**
 * Sends one act and answers what the sandbox said. `control`, when given, shows as busy meanwhile, and a second
 * press on it while it is busy is ignored (answers null).
 */
export async function perform(path, body, { control = null, quiet = false } = {}) {
  if (control?.getAttribute("aria-busy") === "true") return null;
  control?.setAttribute("aria-busy", "true");
  const mine = line.then(() => act(path, { as: workspace.me, ...body }));
  line = mine.catch(() => null);
  try {
    const answer = await mine;
    if (!quiet) explain(answer);
    return answer;
  } finally {
    control?.removeAttribute("aria-busy");
  }
}

function explain(answer) {
  const trouble = troubleWith(answer);
  if (trouble) toast(trouble);
}

/** What to tell the person, or null when all went well or the answer stands elsewhere (on a field). */
export function troubleWith(answer) {
  const code = Number(answer.status ?? 0);
  const late = /timeout/.test(answer.error ?? "");
  if (late) return `${appName()} did not answer within 3 seconds. What you did may not be saved.`;
  if (fieldErrors(answer)) return null;
  if (/connection_failed|no_request_url/.test(answer.error ?? "")) {
    return `${appName()} could not be reached. Is the bot running? (${answer.error})`;
  }
  if (answer.unreachable) return answer.error;
  if (code >= 400) return `${appName()} answered ${code}, so what you did was not taken. Try again.`;
  if (answer.ok === false)
    return explained(answer) ?? `That did not work: ${answer.error ?? "no reason given"}`;
  return null;
}

/** Errors that belong on the dialog's fields: {block_id: words}, or null. */
export function fieldErrors(answer) {
  const errors = answer?.errors ?? (answer?.ack?.response_action === "errors" ? answer.ack.errors : null);
  return errors && !Array.isArray(errors) && Object.keys(errors).length ? errors : null;
}

function explained({ error, wanted, there }) {
  const known = {
    no_such_control: "This was redrawn in the meantime, and the control is gone. Look again.",
    message_not_found: "This message is gone.",
    no_open_view: "This dialog is closed already.",
    account_inactive: `${wanted ?? "This person"} is deactivated and cannot do anything. Be somebody else.`,
    no_such_command: `There is no command ${wanted ?? ""}.${there?.length ? ` There are: ${there.join(", ")}` : ""}`,
    is_archived: "This channel is archived.",
    file_too_large: "This file is larger than 10 MB.",
  };
  return known[error] ?? (/\s/.test(error ?? "") ? error : null);
}
