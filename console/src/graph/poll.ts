/** What the expressions of a polling trigger see, with sample values. */

import type { Fields, Json } from "./definition";
import { evaluateAll } from "./evaluate";
import type { Name } from "./scope";

export type PollField = "with" | "items" | "key" | "cursor";

const NAMES: Record<string, Name> = {
  cursor: { name: "cursor", role: "result", title: "Where the last poll came to" },
  result: { name: "result", role: "result", title: "What the action gives" },
  items: { name: "items", role: "result", title: "The items found" },
  item: { name: "item", role: "item", title: "One item" },
  vars: { name: "vars", role: "vars", title: "Workspace variables" },
};
const SEEN: Record<PollField, string[]> = { with: ["cursor", "vars"], items: ["result", "vars"], key: ["item"], cursor: ["result", "items", "cursor"] };

/** The names in reach of a field. */
export const pollNames = (field: PollField): Name[] => SEEN[field].map((name) => NAMES[name]!);

const given = async (source: Json | undefined, values: Fields): Promise<Json | undefined> => {
  const found = await evaluateAll(source ?? null, values);
  return "problem" in found ? undefined : found.value;
};

/** Values of those names, worked out as a poll does from what its action gives. */
export async function pollValues(trigger: Fields, result: Json): Promise<Fields> {
  const found = await given(trigger["items"] ?? "{% $result.body %}", { result });
  const items = found === undefined || found === null ? [] : Array.isArray(found) ? found : [found];
  const next = trigger["cursor"] === undefined ? null : await given(trigger["cursor"], { result, items, cursor: null });
  return { result, items, cursor: next ?? null, ...(items.length === 0 ? {} : { item: items[0]! }) };
}
