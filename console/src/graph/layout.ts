/** Where everything stands: steps from the top down, branches and loops as blocks with lanes inside. */

import { kindOf, lanesOf, type Definition, type Lane, type Step } from "./definition";

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export type Item =
  | ({ type: "step"; id: string; pointer: string; step: Step } & Box)
  | ({ type: "block"; id: string; pointer: string; step: Step } & Box)
  | ({ type: "lane"; id: string; lane: Lane } & Box)
  | ({ type: "add"; id: string; lane: string; index: number } & Box)
  | ({ type: "end"; id: string; label: string } & Box);

export interface Line {
  id: string;
  from: [number, number];
  to: [number, number];
}

export interface Drawing {
  items: Item[];
  lines: Line[];
  width: number;
  height: number;
}

export const STEP = { width: 248, height: 58 };
const GAP = 36;
const ADD = 22;
const PAD = 16;
const HEADER = 50;
const LANE_HEADER = 30;
const LANE_GAP = 16;
const EMPTY = 200;

interface Piece {
  width: number;
  height: number;
  place: (x: number, y: number, into: Drawing) => void;
}

/** The drawing of a definition. The same definition gives the same drawing. */
export function layout(definition: Definition): Drawing {
  const drawing: Drawing = { items: [], lines: [], width: 0, height: 0 };
  const body = sequence(definition.steps, "/steps");
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

function leaf(step: Step, pointer: string): Piece {
  return {
    ...STEP,
    place: (x, y, into) => into.items.push({ type: "step", id: pointer, pointer, step, x, y, ...STEP }),
  };
}

/** A step that holds others: a frame with a header, and its lanes side by side. */
function block(step: Step, pointer: string, lanes: Lane[]): Piece {
  const inner = lanes.map((lane) => sequence(lane.steps, lane.pointer));
  const widths = inner.map((part) => Math.max(part.width, EMPTY) + 2 * PAD);
  const tallest = Math.max(...inner.map((part) => part.height));
  const width = Math.max(STEP.width + 2 * PAD, widths.reduce((sum, w) => sum + w + LANE_GAP, LANE_GAP));
  const height = HEADER + LANE_HEADER + tallest + 2 * PAD;
  return {
    width,
    height,
    place: (x, y, into) => {
      into.items.push({ type: "block", id: pointer, pointer, step, x, y, width, height });
      const used = widths.reduce((sum, w) => sum + w + LANE_GAP, -LANE_GAP);
      let left = x + (width - used) / 2;
      for (const [index, lane] of lanes.entries()) {
        const part = inner[index]!;
        const own = widths[index]!;
        const box = { x: left, y: y + HEADER, width: own, height: LANE_HEADER + tallest + PAD };
        into.items.push({ type: "lane", id: `${lane.pointer}#lane`, lane, ...box });
        part.place(left + (own - part.width) / 2, y + HEADER + LANE_HEADER, into);
        left += own + LANE_GAP;
      }
    },
  };
}

/** A step's heading: its name, else its id, else its kind. */
export function titleOf(step: Step): string {
  for (const key of ["name", "id"]) {
    const value = step[key];
    if (typeof value === "string" && value !== "") return value.replaceAll("_", " ");
  }
  return { use: "Action", set: "Set", choose: "Choose", for_each: "For each", parallel: "In parallel", repeat: "Repeat", wait: "Wait", try: "Try", stop: "Stop" }[kindOf(step) ?? "set"];
}
