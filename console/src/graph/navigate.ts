/** Walking over the drawing with the arrow keys. */

import { at, isFields, lanesOf, type Definition, type Lane } from "./definition";
import { placeOf } from "./edit";

export type Direction = "up" | "down" | "left" | "right";

const lengthAt = (definition: Definition, lane: string): number => {
  const steps = at(definition, lane);
  return Array.isArray(steps) ? steps.length : 0;
};

function lanesAt(definition: Definition, pointer: string): Lane[] {
  const step = at(definition, pointer);
  return isFields(step) ? lanesOf(step, pointer).filter((lane) => lane.steps.length > 0) : [];
}

/** The step around the list that a pointer stands in; undefined at the top. */
export function parentOf(definition: Definition, pointer: string): string | undefined {
  let found: string | undefined;
  let lane = "/steps";
  for (;;) {
    const index = pointer.slice(lane.length + 1).split("/")[0];
    const own = `${lane}/${index}`;
    if (own === pointer) return found;
    const step = at(definition, own);
    const inner = isFields(step) ? lanesOf(step, own).find((each) => pointer.startsWith(`${each.pointer}/`)) : undefined;
    if (inner === undefined) return found;
    [found, lane] = [own, inner.pointer];
  }
}

/** The step that an arrow key leads to. Down goes into a block, up and out of it again; left and right between lanes. */
export function neighbour(definition: Definition, pointer: string | null, direction: Direction): string | null {
  if (pointer === null) return definition.steps.length > 0 ? "/steps/0" : null;
  switch (direction) {
    case "down": return below(definition, pointer);
    case "up": return above(definition, pointer);
    case "left": case "right": return beside(definition, pointer, direction === "left" ? -1 : 1);
  }
}

function below(definition: Definition, pointer: string): string {
  const [first] = lanesAt(definition, pointer);
  return first !== undefined ? `${first.pointer}/0` : after(definition, pointer) ?? pointer;
}

/** The step behind this one, or behind the block that ends with it. */
function after(definition: Definition, pointer: string): string | undefined {
  const [lane, index] = placeOf(pointer);
  if (index + 1 < lengthAt(definition, lane)) return `${lane}/${index + 1}`;
  const parent = parentOf(definition, pointer);
  return parent === undefined ? undefined : after(definition, parent);
}

function above(definition: Definition, pointer: string): string {
  const [lane, index] = placeOf(pointer);
  if (index > 0) return deepest(definition, `${lane}/${index - 1}`);
  return parentOf(definition, pointer) ?? pointer;
}

/** The last step of the first lane inside, as deep as it goes: where "down" had come from. */
function deepest(definition: Definition, pointer: string): string {
  const [first] = lanesAt(definition, pointer);
  return first === undefined ? pointer : deepest(definition, `${first.pointer}/${first.steps.length - 1}`);
}

function beside(definition: Definition, pointer: string, by: -1 | 1): string {
  const parent = parentOf(definition, pointer);
  if (parent === undefined) return pointer;
  const lanes = lanesAt(definition, parent);
  const here = lanes.findIndex((lane) => pointer.startsWith(`${lane.pointer}/`));
  const next = lanes[here + by];
  if (next === undefined) return beside(definition, parent, by) === parent ? pointer : beside(definition, parent, by);
  return `${next.pointer}/${Math.min(placeOf(pointer)[1], next.steps.length - 1)}`;
}
