/** The events that endpoints can hear of (docs/webhooks.md), and choosing among them. */

export interface Family {
  name: string;
  label: string;
  types: readonly string[];
}

export const FAMILIES: readonly Family[] = [
  { name: "execution", label: "Executions that end", types: ["succeeded", "failed", "timed_out", "stopped"] },
  { name: "workflow", label: "Workflows that change", types: ["published", "turned_on", "turned_off"] },
  { name: "task", label: "People who are asked", types: ["assigned"] },
  { name: "connection", label: "Connections that run out", types: ["expiring"] },
];

/** What is chosen once a name is ticked or not: a family takes in its types, and `*` takes in all. */
export function toggled(events: readonly string[], name: string, on: boolean): string[] {
  if (!on) return events.filter((each) => each !== name);
  if (name === "*") return ["*"];
  const family = name.endsWith(".*") ? name.slice(0, -1) : null;
  return [...events.filter((each) => each !== "*" && (family === null || !each.startsWith(family))), name];
}
