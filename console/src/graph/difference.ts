/** Two versions in one drawing: the later one, with what is gone put back in as a shadow. */

import { at, everyStep, isFields, lanesOf, put, type Definition, type Json, type Step } from "./definition";
import { placeOf } from "./edit";
import { parentOf } from "./navigate";
import type { States } from "./overlay";

export interface StepChange {
  change: string;
  before?: string | null;
  after?: string | null;
}

const MARK = "\u0000change";

/** The drawing that shows both, and the mark of each step that differs: added, removed, moved, changed. */
export function merged(before: Definition, after: Definition, changes: StepChange[]): { definition: Definition; marks: States } {
  let both = after;
  for (const { change, after: pointer } of changes) {
    if (pointer == null) continue;
    const step = at(both, pointer);
    if (isFields(step)) both = put(both, pointer, { ...step, [MARK]: change });
  }
  const gone = changes.flatMap(({ change, before: pointer }) => (change === "removed" && pointer != null ? [pointer] : []));
  for (const pointer of outermost(gone)) both = withGhost(both, before, pointer);
  return taken(both);
}

/** Pointers that lie in no other one of them, in the order of the drawing. */
function outermost(pointers: string[]): string[] {
  const all = new Set(pointers);
  return pointers.filter((pointer) => {
    for (let cut = pointer.lastIndexOf("/"); cut > 0; cut = pointer.lastIndexOf("/", cut - 1)) if (all.has(pointer.slice(0, cut))) return false;
    return true;
  });
}

/** The definition with a removed step at the place where one would look for it. */
function withGhost(both: Definition, before: Definition, pointer: string): Definition {
  const step = at(before, pointer);
  if (!isFields(step)) return both;
  const [lane, index] = formerPlace(both, before, pointer);
  const steps = (at(both, lane) ?? []) as Step[];
  return put(both, lane, [...steps.slice(0, index), { ...step, [MARK]: "removed" }, ...steps.slice(index)]);
}

function formerPlace(both: Definition, before: Definition, pointer: string): [string, number] {
  const [lane, index] = placeOf(pointer);
  const now = laneNow(both, before, pointer, lane);
  if (now === undefined) {
    const parent = parentOf(before, pointer);
    const place = parent === undefined ? undefined : find(both, before, parent);
    if (place === undefined) return ["/steps", both.steps.length];
    const [around, at] = placeOf(place);
    return [around, at + 1];
  }
  const earlier = (at(before, lane) as Json[]).slice(0, index).filter(isFields);
  const steps = at(both, now) as Json[];
  for (const sibling of earlier.toReversed()) {
    const found = steps.findIndex((step) => isFields(step) && same(step, sibling));
    if (found >= 0) return [now, found + 1];
  }
  return [now, 0];
}

/** The list that corresponds to a former one, if it is still there. */
function laneNow(both: Definition, before: Definition, pointer: string, lane: string): string | undefined {
  const parent = parentOf(before, pointer);
  if (parent === undefined) return "/steps";
  const place = find(both, before, parent);
  const step = place === undefined ? undefined : at(both, place);
  if (place === undefined || !isFields(step)) return undefined;
  const wished = place + lane.slice(parent.length);
  return lanesOf(step, place).find((each) => each.pointer === wished)?.pointer;
}

function find(both: Definition, before: Definition, pointer: string): string | undefined {
  const step = at(before, pointer);
  if (!isFields(step)) return undefined;
  for (const [found, candidate] of everyStep(both)) {
    if (typeof step["id"] === "string" ? candidate["id"] === step["id"] : same(candidate, step)) return found;
  }
  return undefined;
}

/** Whether two steps are the same one: by their ids, else by all that they say. */
function same(a: Step, b: Step): boolean {
  if (typeof a["id"] === "string" || typeof b["id"] === "string") return a["id"] === b["id"];
  const { [MARK]: _a, ...left } = a;
  const { [MARK]: _b, ...right } = b;
  return JSON.stringify(left) === JSON.stringify(right);
}

/** The marks taken out of the steps; all inside a removed step is removed. */
function taken(both: Definition): { definition: Definition; marks: States } {
  const marks: States = {};
  let definition = both;
  const shadows: string[] = [];
  for (const [pointer, step] of everyStep(both)) {
    const change = step[MARK];
    const inside = shadows.some((shadow) => pointer.startsWith(`${shadow}/`));
    if (change === "removed") shadows.push(pointer);
    if (inside || typeof change === "string") marks[pointer] = { change: inside ? "removed" : String(change) };
    if (change !== undefined) definition = put(definition, `${pointer}/${MARK}`, undefined);
  }
  return { definition, marks };
}
