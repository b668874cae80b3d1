/** Imported state machines as the drawing has them: rows of states, each below those that lead to it. */

import { isFields, part, type Fields, type Json, type Lane, type Step } from "./definition";
import { GAP, frame, leaf, type Piece } from "./drawing";

const BESIDE = 28;

/** A state machine, or a branch or iterator of one, drawn with all that its states hold. */
export function machine(source: Fields, pointer: string): Piece {
  const states = statesOf(source);
  const ranks = ranksOf(source, states);
  const pieces = new Map([...states].map(([name, state]) => [name, stateOf(name, state, `${pointer}/States/${part(name)}`)]));
  const rows: string[][] = [];
  for (const name of states.keys()) (rows[ranks.get(name)!] ??= []).push(name);
  const heights = rows.map((row) => Math.max(...row.map((name) => pieces.get(name)!.height)));
  const widths = rows.map((row) => row.reduce((sum, name) => sum + pieces.get(name)!.width + BESIDE, -BESIDE));
  const width = Math.max(0, ...widths);
  return {
    width,
    height: heights.reduce((sum, height) => sum + height + GAP, GAP),
    place: (x, y, into) => {
      const tops = new Map<string, [number, number]>();
      const bottoms = new Map<string, [number, number]>();
      let top = y + GAP;
      for (const [index, row] of rows.entries()) {
        let left = x + (width - widths[index]!) / 2;
        for (const name of row) {
          const piece = pieces.get(name)!;
          piece.place(left, top, into);
          tops.set(name, [left + piece.width / 2, top]);
          bottoms.set(name, [left + piece.width / 2, top + piece.height]);
          left += piece.width + BESIDE;
        }
        top += heights[index]! + GAP;
      }
      const start = tops.get(String(source["StartAt"]));
      if (start !== undefined) into.lines.push({ id: `${pointer}>`, from: [x + width / 2, y], to: start });
      for (const [name, state] of states) {
        for (const following of new Set(nextOf(state))) {
          const to = tops.get(following);
          if (to !== undefined) into.lines.push({ id: `${pointer}/${name}>${following}`, from: bottoms.get(name)!, to });
        }
      }
    },
  };
}

/** The states of a scope by name; what is no state is not drawn. */
function statesOf(source: Fields): Map<string, Fields> {
  const found = isFields(source["States"]) ? Object.entries(source["States"]) : [];
  return new Map(found.flatMap(([name, state]): [string, Fields][] => (isFields(state) ? [[name, state]] : [])));
}

const list = (value: Json | undefined): Fields[] => (Array.isArray(value) ? value.filter(isFields) : []);

/** The names of the states that may come after a state. */
function nextOf(state: Fields): string[] {
  const ways = [...list(state["Choices"]), { Next: state["Default"] ?? null }, state, ...list(state["Catch"])];
  return ways.flatMap((way) => (typeof way["Next"] === "string" ? [way["Next"]] : []));
}

/** Each state's row: below all that lead to it, ways back left aside. Those that nothing leads to are first. */
function ranksOf(source: Fields, states: Map<string, Fields>): Map<string, number> {
  const order: string[] = [];
  const open = new Set<string>();
  const done = new Set<string>();
  const forward = new Map<string, string[]>();
  const visit = (name: string): void => {
    open.add(name);
    const ahead = nextOf(states.get(name)!).filter((next) => states.has(next) && !open.has(next));
    forward.set(name, ahead);
    for (const next of ahead) if (!done.has(next)) visit(next);
    open.delete(name);
    done.add(name);
    order.unshift(name);
  };
  for (const name of [String(source["StartAt"]), ...states.keys()]) if (states.has(name) && !done.has(name)) visit(name);
  const ranks = new Map(order.map((name) => [name, 0]));
  for (const name of order) {
    for (const next of forward.get(name)!) ranks.set(next, Math.max(ranks.get(next)!, ranks.get(name)! + 1));
  }
  return ranks;
}

function stateOf(name: string, state: Fields, pointer: string): Piece {
  const scopes = scopesOf(state, pointer);
  const step = asStep(name, state);
  if (scopes.length === 0) return leaf(step, pointer);
  const lanes = scopes.map(([lane]) => lane);
  return frame(step, pointer, lanes, scopes.map(([lane, inner]) => machine(inner, lane.pointer)));
}

/** The scopes inside a Parallel or Map, each as a lane. */
function scopesOf(state: Fields, pointer: string): [Lane, Fields][] {
  const branches = list(state["Branches"]).map((branch, index): [Lane, Fields] => [
    { pointer: `${pointer}/Branches/${index}`, steps: [], title: `branch ${index + 1}`, role: "branch" },
    branch,
  ]);
  const rounds = ["ItemProcessor", "Iterator"].flatMap((field): [Lane, Fields][] => {
    const inner = state[field];
    return isFields(inner) ? [[{ pointer: `${pointer}/${field}`, steps: [], title: "each item", role: "body" }, inner]] : [];
  });
  return [...branches, ...rounds];
}

/** A state as the step that looks like it. */
function asStep(name: string, state: Fields): Step {
  const resource = String(state["Resource"] ?? "");
  switch (state["Type"]) {
    case "Task": return { name, use: resource.replace(/^arn:aws[^:]*:(states:::)?/, "") };
    case "Choice": return { name, choose: [] };
    case "Wait": return { name, wait: {} };
    case "Succeed": return { name, stop: { status: "succeeded" } };
    case "Fail": return { name, stop: { status: "failed" } };
    case "Parallel": return { name, parallel: {} };
    case "Map": return { name, for_each: "" };
    default: return { name, set: "" };
  }
}
