/** What an expression can name, by the place where it stands. */

import { at, everyStep, isFields, kindOf, lanesOf, type Definition, type Lane, type Step } from "./definition";

export type Role = "trigger" | "step" | "item" | "index" | "error" | "result" | "vars" | "execution";

export interface Name {
  name: string;
  role: Role;
  title: string;
  /** Where its step stands; for a loop's element, the loop. */
  pointer?: string;
}

const ALWAYS: Name[] = [
  { name: "trigger", role: "trigger", title: "What started it" },
  { name: "execution", role: "execution", title: "This execution" },
  { name: "vars", role: "vars", title: "Workspace variables" },
];
const VALUED = new Set(["use", "set", "for_each", "parallel"]);

/** The names in reach of the fields of the step at a pointer; with "" those of the workflow's output. */
export function namesAt(definition: Definition, pointer: string, field = ""): Name[] {
  const found = new Map<string, Name>();
  const take = (names: Iterable<Name>): void => {
    for (const name of names) found.set(name.name, name);
  };
  take(pointer === "" ? lanesNames([{ pointer: "/steps", steps: definition.steps ?? [] }]) : []);
  for (const lane of around(definition, pointer)) take(lane);
  if (field === "output" || field.startsWith("output/")) take([{ name: "result", role: "result", title: "What the step gives" }]);
  return [...found.values()].toReversed().concat(ALWAYS.filter(({ name }) => !found.has(name)));
}

/** What each list of steps around a pointer adds, from the outside in. */
function* around(definition: Definition, pointer: string): Generator<Iterable<Name>> {
  let lane: Pick<Lane, "pointer" | "steps"> = { pointer: "/steps", steps: definition.steps ?? [] };
  while (pointer.startsWith(`${lane.pointer}/`)) {
    const index = Number(pointer.slice(lane.pointer.length + 1).split("/")[0]);
    const own = `${lane.pointer}/${index}`;
    yield exportsOf(lane.steps.slice(0, index), lane.pointer);
    const step = lane.steps[index];
    const lanes = step === undefined ? [] : lanesOf(step, own);
    const inner = lanes.find((candidate) => pointer.startsWith(`${candidate.pointer}/`));
    if (pointer === own || step === undefined || inner === undefined) return yield* inside(pointer, own, step);
    yield insideLane(definition, step, own, inner, lanes);
    lane = inner;
  }
}

/** A step's own fields see nothing of what it holds, but for conditions between its rounds and reshaped values. */
function* inside(pointer: string, own: string, step: Step | undefined): Generator<Iterable<Name>> {
  if (step === undefined || pointer !== own) return;
  const kind = kindOf(step);
  if (kind === "repeat" || kind === "choose" || kind === "try") yield lanesNames(lanesOf(step, own));
  if (kind === "repeat") yield [indexName()];
}

function* insideLane(definition: Definition, step: Step, own: string, lane: Lane, lanes: Lane[]): Generator<Name> {
  const kind = kindOf(step);
  if (lane.role === "handler") yield errorName("error", own);
  else if (lane.role === "catch") {
    const clause = at(definition, lane.pointer.slice(0, -"/steps".length));
    yield errorName(isFields(clause) && typeof clause["as"] === "string" ? clause["as"] : "error", own);
    yield* lanesNames(lanes.filter(({ role }) => role === "body"));
  } else if (lane.role === "finally") yield* lanesNames(lanes.filter(({ role }) => role === "body" || role === "catch"));
  else if (kind === "for_each") {
    yield { name: typeof step["as"] === "string" ? step["as"] : "item", role: "item", title: "The loop’s element", pointer: own };
    yield indexName();
  } else if (kind === "repeat") {
    yield* lanesNames([lane]);
    yield indexName();
  }
}

const indexName = (): Name => ({ name: "index", role: "index", title: "The round, from 0" });
const errorName = (name: string, pointer: string): Name => ({ name, role: "error", title: "The error", pointer });

function* lanesNames(lanes: Pick<Lane, "pointer" | "steps">[]): Generator<Name> {
  for (const lane of lanes) yield* exportsOf(lane.steps, lane.pointer);
}

/** The names that steps leave behind: their own, and those of steps inside that share their scope. */
function* exportsOf(steps: Step[], pointer: string): Generator<Name> {
  for (const [index, step] of steps.entries()) {
    const own = `${pointer}/${index}`;
    const kind = kindOf(step);
    const shared = lanesOf(step, own).filter(({ role }) => role === "handler" || (kind !== "for_each" && kind !== "parallel"));
    yield* lanesNames(shared);
    const valued = VALUED.has(kind ?? "") || "output" in step;
    if (typeof step["id"] === "string" && valued) {
      yield { name: step["id"], role: "step", title: typeof step["name"] === "string" ? step["name"] : step["id"], pointer: own };
    }
  }
}

/** Where the step with an id stands. */
export function pointerOf(definition: Definition, id: string): string | undefined {
  for (const [pointer, step] of everyStep(definition)) if (step["id"] === id) return pointer;
  return undefined;
}
