/** Where everything stands: steps from the top down, branches and loops as blocks with lanes inside. */

import { isFields, kindOf, lanesOf, type Definition, type Lane, type Step } from "./definition";
import { ADD, GAP, STEP, frame, leaf, type Drawing, type Item, type Piece } from "./drawing";
import { machine } from "./machine";

export type { Drawing, Item } from "./drawing";

/** The drawing of a definition. The same definition gives the same drawing. */
export function layout(definition: Definition): Drawing {
  const drawing: Drawing = { items: [], lines: [], width: 0, height: 0 };
  const body = isFields(definition["asl"]) ? machine(definition["asl"], "/asl") : sequence(definition.steps, "/steps");
  const width = Math.max(body.width, STEP.width);
  const start: Item = { type: "end", id: "start", label: "Start", x: width / 2 - 60, y: 0, width: 120, height: 34 };
  drawing.items.push(start);
  body.place((width - body.width) / 2, 34, drawing);
  drawing.items.push({ type: "end", id: "done", label: "Done", x: width / 2 - 60, y: 34 + body.height, width: 120, height: 34 });
  return { ...drawing, width, height: body.height + 68 };
}

/** A list of steps, with a place to add one before each and after the last. */
function sequence(steps: Step[], pointer: string): Piece {
  const pieces = steps.map((step, index) => piece(step, `${pointer}/${index}`));
  const width = Math.max(STEP.width, ...pieces.map((inner) => inner.width));
  const height = pieces.reduce((sum, inner) => sum + inner.height + GAP, GAP);
  return {
    width,
    height,
    place: (x, y, into) => {
      const middle = x + width / 2;
      let top = y;
      for (const [index, inner] of [...pieces, undefined].entries()) {
        into.lines.push({ id: `${pointer}/${index}>`, from: [middle, top], to: [middle, top + GAP] });
        into.items.push({
          type: "add", id: `${pointer}/${index}+`, lane: pointer, index,
          x: middle - ADD / 2, y: top + (GAP - ADD) / 2, width: ADD, height: ADD,
        });
        if (inner === undefined) break;
        inner.place(middle - inner.width / 2, top + GAP, into);
        top += GAP + inner.height;
      }
    },
  };
}

function piece(step: Step, pointer: string): Piece {
  const lanes = lanesOf(step, pointer);
  return lanes.length === 0 ? leaf(step, pointer) : block(step, pointer, lanes);
}

function block(step: Step, pointer: string, lanes: Lane[]): Piece {
  return frame(step, pointer, lanes, lanes.map((lane) => sequence(lane.steps, lane.pointer)));
}

/** A step's heading: its name, else its id, else its kind. */
export function titleOf(step: Step): string {
  for (const key of ["name", "id"]) {
    const value = step[key];
    if (typeof value === "string" && value !== "") return value.replaceAll("_", " ");
  }
  return { use: "Action", set: "Set", choose: "Choose", for_each: "For each", parallel: "In parallel", repeat: "Repeat", wait: "Wait", try: "Try", stop: "Stop" }[kindOf(step) ?? "set"];
}
