/** Sample data for the names that an expression can use: pinned outputs, the newest run, else what schemas promise. */

import { at, everyStep, isFields, type Definition, type Fields, type Json, type Step } from "./definition";
import { evaluateAll } from "./evaluate";
import { pace } from "./pace";
import type { Name } from "./scope";

/** What a run has left behind: its input, and each step's last output. */
export interface Run {
  input: Json;
  trigger: string;
  steps: { id: string | null; status: string; output?: unknown; error?: string | null }[];
}

/** An example that fits a JSON Schema. */
export function exampleOf(schema: Json | undefined): Json {
  if (!isFields(schema)) return {};
  for (const key of ["example", "default", "const"]) if (schema[key] !== undefined) return schema[key];
  if (Array.isArray(schema["examples"]) && schema["examples"].length > 0) return schema["examples"][0]!;
  if (Array.isArray(schema["enum"])) return schema["enum"][0] ?? null;
  const kinds = Array.isArray(schema["type"]) ? schema["type"] : [schema["type"]];
  switch (kinds[0]) {
    case "string": return schema["format"] === "date-time" ? "2030-01-01T00:00:00Z" : schema["format"] === "email" ? "ada@example.com" : "text";
    case "number": case "integer": return typeof schema["minimum"] === "number" ? schema["minimum"] : 1;
    case "boolean": return true;
    case "null": return null;
    case "array": return [exampleOf(schema["items"])];
    default: return Object.fromEntries(Object.entries(isFields(schema["properties"]) ? schema["properties"] : {}).map(([name, inner]): [string, Json] => [name, exampleOf(inner)]));
  }
}

/** Each step's sample by its id. `results`: the schema of an action's result. */
export function stepSamples(definition: Definition, run: Run | undefined, results: (action: string) => Json | undefined): Fields {
  const samples: Fields = {};
  for (const [, step] of everyStep(definition)) {
    const id = step["id"];
    if (typeof id !== "string") continue;
    if (step["pin"] !== undefined) samples[id] = step["pin"];
    else if (typeof step["use"] === "string" && !("output" in step)) samples[id] = exampleOf(results(step["use"]));
  }
  for (const seen of run?.steps ?? []) {
    if (seen.id !== null && seen.status === "succeeded" && seen.output !== undefined) samples[seen.id] = seen.output as Json;
  }
  for (const [, step] of everyStep(definition)) if (typeof step["id"] === "string" && step["pin"] !== undefined) samples[step["id"]] = step["pin"];
  return samples;
}

/** `$trigger` as the newest run had it, or as the definition's input schema has it. */
export function triggerSample(definition: Definition, run: Run | undefined): Fields {
  const body = run === undefined ? exampleOf(definition["input"]) : run.input;
  return { type: run?.trigger ?? "manual", body: body ?? null, headers: {}, query: {}, received_at: "2030-01-01T00:00:00Z" };
}

/** Values for the names in reach. What has not run yet and only computes is computed; a loop's element is the first of its list.
 *
 * Nothing more is computed once `wanted` no longer holds. */
export async function valuesFor(definition: Definition, names: Name[], samples: Fields, trigger: Fields, wanted: () => boolean = () => true): Promise<Fields> {
  const breathe = pace();
  const values: Fields = {};
  for (const { name, role } of names) {
    if (role === "step" && samples[name] !== undefined) values[name] = samples[name];
    else if (role === "trigger") values[name] = trigger;
    else if (role === "index") values[name] = 0;
    else if (role === "error") values[name] = { name: "Http.ServerError", cause: "The server answered 500." };
    else if (role === "execution") values[name] = { id: "0192f0c1", correlation_id: "0192f0c1", started_at: "2030-01-01T00:00:00Z", workflow: String(definition.name), version: 1 };
  }
  for (const { name, role, pointer } of names.toReversed()) {
    const step = pointer === undefined ? undefined : at(definition, pointer);
    if (!isFields(step) || values[name] !== undefined) continue;
    await breathe();
    if (!wanted()) break;
    const found = role === "item" ? await elementOf(step, values) : role === "step" && "set" in step ? await computed(step, values) : undefined;
    if (found !== undefined && found !== null) values[name] = found;
  }
  return values;
}

/** What a step that only computes would give. */
async function computed(step: Step, values: Fields): Promise<Json | undefined> {
  const found = await evaluateAll(step["set"] ?? null, values);
  return "problem" in found ? undefined : found.value;
}

/** The first element of a loop's list. */
async function elementOf(step: Step, values: Fields): Promise<Json | undefined> {
  const list = await evaluateAll(step["for_each"] ?? null, values);
  if ("problem" in list) return undefined;
  const first = Array.isArray(list.value) ? list.value[0] : list.value;
  return isFields(step["batch"]) && first !== undefined ? [first] : first;
}
