/** Errors in human words: what went wrong, and what one can do. */

import { isFields, type Json } from "./definition";

export interface Told {
  title: string;
  detail: string;
  hint: string | null;
}

/** Title and advice by error name; a trailing dot stands for all that begin so. */
const KNOWN: [string, string, string | null][] = [
  ["Http.Unreachable", "The server could not be reached", "Check the address and whether the server is up, then retry."],
  ["Http.Timeout", "The server did not answer in time", "Retry, or give the step a longer time limit."],
  ["Http.ServerError", "The server had a problem of its own", "It often passes: retry, or let the step try several times."],
  ["Http.RateLimited", "The server asks for a pause", "Let the step wait longer between its tries."],
  ["Http.ClientError", "The server did not accept the request", "Look at what the step sends, and at its connection."],
  ["Http.", "The HTTP call did not work", "Look at what the step sends."],
  ["Connection.Unauthorized", "The connection is not signed in any more", "Sign the connection in again, then retry."],
  ["Connection.", "The connection could not be used", "Look at the connection, then retry."],
  ["Database.Unavailable", "The database could not be reached", "Check the connection, then retry."],
  ["Database.Timeout", "The database took too long", "Retry, or make the query smaller."],
  ["Database.", "The database did not accept it", "Look at the statement and its parameters."],
  ["Email.Rejected", "The e-mail was not accepted", "Look at the addresses."],
  ["Notification.", "The message did not reach anybody", "Look at the recipients and their channels."],
  ["HumanTask.", "Nobody could be asked", "Look at who the step asks."],
  ["Repeat.LimitReached", "The loop went on for too long", "It still had to go on after its last round: raise the limit, or look at its condition."],
  ["States.Timeout", "It took longer than it may", "Raise the time limit, or retry."],
  ["States.QueryEvaluationError", "An expression could not be computed", "Look at the expression and at the data that came."],
  ["States.DataLimitExceeded", "The data was too large", "Steps may hand over 256 KB: keep large data in files or tables."],
  ["States.Runtime", "The workflow could not go on", null],
  ["States.ItemReaderFailed", "The file could not be read", "Look at the file and its format."],
  ["States.TaskFailed", "A step failed", null],
  ["Ai.", "The language model did not do it", "Look at the provider’s connection and budget."],
];

/** What a failure means. Names that nobody knows are the author's own: they are told as they are. */
export function inWords(error: string | null | undefined, cause: string | null | undefined): Told | null {
  if (error == null && cause == null) return null;
  const known = KNOWN.find(([name]) => error === name || (name.endsWith(".") && error?.startsWith(name)));
  return { title: known?.[1] ?? error ?? "It failed", detail: message(cause ?? ""), hint: known?.[2] ?? null };
}

/** The sentence of a cause. Functions tell it inside a JSON object, with their stack. */
export function message(cause: string): string {
  const start = cause.indexOf("{");
  if (start < 0) return cause;
  try {
    const told = (JSON.parse(cause.slice(start)) as { errorMessage?: unknown }).errorMessage;
    return typeof told === "string" ? cause.slice(0, start) + told : cause;
  } catch {
    return cause;
  }
}

/** What an action was called with, as its author wrote it: without the envelope that its function gets. */
export function calledWith(argument: Json | undefined): Json | undefined {
  const payload = isFields(argument) ? argument["Payload"] : undefined;
  return isFields(payload) && "with" in payload ? payload["with"] : argument;
}
