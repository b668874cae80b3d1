/** The workflow definition as the drawing sees it: a tree of steps, some of which hold lists of steps. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Fields = { [key: string]: Json };
export type Step = Fields;

export interface Definition {
  name: string;
  steps: Step[];
  [key: string]: Json;
}

export const KINDS = [
  "use",
  "set",
  "choose",
  "for_each",
  "parallel",
  "repeat",
  "wait",
  "try",
  "stop",
] as const;
export type Kind = (typeof KINDS)[number];

/** A list of steps within the definition. `pointer` is its JSON pointer (RFC 6901). */
export interface Lane {
  pointer: string;
  steps: Step[];
  title: string;
  role: "main" | "case" | "otherwise" | "branch" | "body" | "catch" | "finally" | "handler";
}

export const isFields = (value: Json | undefined): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const list = (value: Json | undefined): Step[] => (Array.isArray(value) ? value.filter(isFields) : []);

/** One part of a JSON pointer, escaped. */
export const part = (key: string): string => key.replaceAll("~", "~0").replaceAll("/", "~1");

const unescape = (key: string): string => key.replaceAll("~1", "/").replaceAll("~0", "~");

/** The kind of a step, or undefined while it has none. */
export const kindOf = (step: Step): Kind | undefined => KINDS.find((kind) => kind in step);

/** The lists of steps directly inside a step, in the order in which they are drawn. */
export function lanesOf(step: Step, pointer: string): Lane[] {
  const lanes = [...ownLanes(step, pointer)];
  const handler = step["on_error"];
  if (isFields(handler)) {
    lanes.push({ pointer: `${pointer}/on_error/steps`, steps: list(handler["steps"]), title: "on error", role: "handler" });
  }
  return lanes;
}

function* ownLanes(step: Step, pointer: string): Generator<Lane> {
  switch (kindOf(step)) {
    case "choose":
      for (const [index, entry] of (Array.isArray(step["choose"]) ? step["choose"] : []).entries()) {
        if (!isFields(entry)) continue;
        const otherwise = "otherwise" in entry;
        yield {
          pointer: `${pointer}/choose/${index}/${otherwise ? "otherwise" : "steps"}`,
          steps: list(entry[otherwise ? "otherwise" : "steps"]),
          title: otherwise ? "otherwise" : readable(entry["when"]),
          role: otherwise ? "otherwise" : "case",
        };
      }
      return;
    case "parallel":
      for (const [name, steps] of Object.entries(isFields(step["parallel"]) ? step["parallel"] : {})) {
        yield { pointer: `${pointer}/parallel/${part(name)}`, steps: list(steps), title: name, role: "branch" };
      }
      return;
    case "for_each":
      yield { pointer: `${pointer}/steps`, steps: list(step["steps"]), title: `each ${String(step["as"] ?? "item")}`, role: "body" };
      return;
    case "repeat": {
      const rounds = isFields(step["repeat"]) ? step["repeat"] : {};
      yield { pointer: `${pointer}/repeat/steps`, steps: list(rounds["steps"]), title: "each round", role: "body" };
      return;
    }
    case "try": {
      const trying = isFields(step["try"]) ? step["try"] : {};
      yield { pointer: `${pointer}/try/steps`, steps: list(trying["steps"]), title: "try", role: "body" };
      for (const [index, clause] of (Array.isArray(trying["catch"]) ? trying["catch"] : []).entries()) {
        if (!isFields(clause)) continue;
        const on = Array.isArray(clause["on"]) ? clause["on"].join(", ") : "any error";
        yield { pointer: `${pointer}/try/catch/${index}/steps`, steps: list(clause["steps"]), title: `catch ${on}`, role: "catch" };
      }
      if ("finally" in trying) {
        yield { pointer: `${pointer}/try/finally`, steps: list(trying["finally"]), title: "finally", role: "finally" };
      }
    }
  }
}

/** An expression without its brackets; other values as text. */
export function readable(value: Json | undefined): string {
  if (typeof value !== "string") return value === undefined ? "" : JSON.stringify(value);
  const whole = /^\{%\s*([\s\S]*?)\s*%\}$/.exec(value.trim());
  return whole?.[1] ?? value;
}

/** Every step with its pointer, parents before children. */
export function* everyStep(definition: Definition): Generator<[string, Step]> {
  yield* walk(definition.steps ?? [], "/steps");
}

function* walk(steps: Step[], pointer: string): Generator<[string, Step]> {
  for (const [index, step] of steps.entries()) {
    const at = `${pointer}/${index}`;
    yield [at, step];
    for (const lane of lanesOf(step, at)) yield* walk(lane.steps, lane.pointer);
  }
}

/** What stands at a pointer, or undefined. */
export function at(root: Json, pointer: string): Json | undefined {
  let value: Json | undefined = root;
  for (const key of pointer.split("/").slice(1).map(unescape)) {
    if (Array.isArray(value)) value = value[Number(key)];
    else if (isFields(value)) value = value[key];
    else return undefined;
  }
  return value;
}

/** A copy of `root` with the value at a pointer replaced; what is beside the way is shared. */
export function put<T extends Json>(root: T, pointer: string, value: Json | undefined): T {
  const keys = pointer.split("/").slice(1).map(unescape);
  return replaceAt(root, keys, value) as T;
}

function replaceAt(node: Json, keys: string[], value: Json | undefined): Json {
  const [key, ...rest] = keys;
  if (key === undefined) return value ?? null;
  if (Array.isArray(node)) {
    const copy = [...node];
    copy[Number(key)] = replaceAt(copy[Number(key)] ?? null, rest, value);
    return copy;
  }
  const fields = isFields(node) ? node : {};
  if (rest.length === 0 && value === undefined) {
    return Object.fromEntries(Object.entries(fields).filter(([name]) => name !== key));
  }
  return { ...fields, [key]: replaceAt(fields[key] ?? {}, rest, value) };
}
