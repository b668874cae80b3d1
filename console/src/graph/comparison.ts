/** Two runs side by side: where they went different ways, and which values differ. */

import { isFields, part, type Json } from "./definition";

export interface Compared {
  pointer: string;
  id: string | null;
  name: string;
  kind: string;
  status: string;
  started_at: string | null;
  stopped_at: string | null;
  output?: unknown;
}

export interface Pair<T extends Compared> {
  key: string;
  name: string;
  left: T | undefined;
  right: T | undefined;
  differs: boolean;
}

const keyOf = (run: Compared): string => run.id ?? `${run.kind} ${run.pointer}`;

/** Steps that belong together: by their ids, without one by kind and place. In the left one's order, then what only the right one has. */
export function pairs<T extends Compared>(left: T[], right: T[]): Pair<T>[] {
  const others = new Map(right.map((run) => [keyOf(run), run]));
  const both = left.map((run) => pair(run, others.get(keyOf(run))));
  const known = new Set(left.map(keyOf));
  return [...both, ...right.filter((run) => !known.has(keyOf(run))).map((run) => pair(undefined, run))];
}

function pair<T extends Compared>(left: T | undefined, right: T | undefined): Pair<T> {
  const some = (left ?? right)!;
  const differs = left === undefined || right === undefined || left.status !== right.status || !equal(left.output as Json, right.output as Json);
  return { key: keyOf(some), name: some.name, left, right, differs };
}

const equal = (a: Json | undefined, b: Json | undefined): boolean => differences(a, b, "", 1).length === 0;

export interface Difference {
  path: string;
  before: Json | undefined;
  after: Json | undefined;
}

/** Where two values differ, as deep as both have a value; at most `most` places. */
export function differences(before: Json | undefined, after: Json | undefined, path = "", most = 200): Difference[] {
  if (before === after) return [];
  if (isFields(before) && isFields(after)) return among([...new Set([...Object.keys(before), ...Object.keys(after)])], before, after, path, most);
  if (Array.isArray(before) && Array.isArray(after)) {
    const longer = before.length > after.length ? before : after;
    return among([...longer.keys()].map(String), { ...before } as never, { ...after } as never, path, most);
  }
  return [{ path, before, after }];
}

function among(keys: string[], before: { [key: string]: Json }, after: { [key: string]: Json }, path: string, most: number): Difference[] {
  const found: Difference[] = [];
  for (const key of keys) {
    if (found.length >= most) break;
    found.push(...differences(before[key], after[key], `${path}/${part(key)}`, most - found.length));
  }
  return found;
}
