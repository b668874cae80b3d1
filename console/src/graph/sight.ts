/** Which parts of a drawing are in sight, and which stay as they were when it changes. */

import type { Box, Drawing, Item } from "./drawing";

export interface View {
  x: number;
  y: number;
  zoom: number;
  width: number;
  height: number;
}

const CELL = 160;

/** What a view sees, in cells that grow as one looks from farther away: moving a little changes nothing. */
export function sight({ x, y, zoom, width, height }: View): string {
  const cell = CELL * 2 ** Math.ceil(Math.log2(1 / zoom));
  const along = (from: number, room: number): [number, number] => [Math.floor(-from / zoom / cell - 0.5) * cell, Math.ceil((room - from) / zoom / cell + 0.5) * cell];
  return [...along(x, width), ...along(y, height)].join(" ");
}

/** The parts of a drawing within what is seen. */
export function inSight(drawing: Drawing, seen: string): Item[] {
  const [left = 0, right = 0, top = 0, bottom = 0] = seen.split(" ").map(Number);
  return drawing.items.filter((item) => item.x < right && item.x + item.width > left && item.y < bottom && item.y + item.height > top);
}

const sameBox = (one: Box, other: Box): boolean => one.x === other.x && one.y === other.y && one.width === other.width && one.height === other.height;

/** Whether two parts look alike and do the same. */
function same(one: Item, other: Item): boolean {
  if (!sameBox(one, other)) return false;
  switch (one.type) {
    case "step": case "block": return one.type === other.type && one.step === other.step;
    case "lane": return one.type === other.type && one.title === other.title && one.role === other.role;
    case "add": return one.type === other.type && one.lane === other.lane && one.index === other.index;
    case "end": return one.type === other.type && one.label === other.label;
  }
}

/** A drawing with the parts of the one before wherever they are alike, so that only what has changed is drawn anew. */
export function kept(drawing: Drawing, before: Drawing | null): Drawing {
  if (before === null) return drawing;
  const known = new Map(before.items.map((item) => [item.id, item]));
  const items = drawing.items.map((item) => {
    const old = known.get(item.id);
    return old !== undefined && same(item, old) ? old : item;
  });
  return { ...drawing, items };
}
