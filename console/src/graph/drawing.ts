/** What a drawing consists of, and how much room its parts take. */

import type { Lane, Step } from "./definition";

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export type Item =
  | ({ type: "step"; id: string; pointer: string; step: Step } & Box)
  | ({ type: "block"; id: string; pointer: string; step: Step } & Box)
  | ({ type: "lane"; id: string; title: string; role: Lane["role"] } & Box)
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
export const GAP = 36;
export const ADD = 22;
const PAD = 16;
const HEADER = 50;
const LANE_HEADER = 30;
const LANE_GAP = 16;
const EMPTY = 200;

/** A part whose size is known, to be put somewhere. */
export interface Piece {
  width: number;
  height: number;
  place: (x: number, y: number, into: Drawing) => void;
}

/** A step by itself. */
export function leaf(step: Step, pointer: string): Piece {
  return {
    ...STEP,
    place: (x, y, into) => into.items.push({ type: "step", id: pointer, pointer, step, x, y, ...STEP }),
  };
}

/** A step that holds others: a frame with a header, and its lanes side by side. */
export function frame(step: Step, pointer: string, lanes: Lane[], inner: Piece[]): Piece {
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
        into.items.push({ type: "lane", id: `${lane.pointer}#lane`, title: lane.title, role: lane.role, ...box });
        part.place(left + (own - part.width) / 2, y + HEADER + LANE_HEADER, into);
        left += own + LANE_GAP;
      }
    },
  };
}
