/** Where a drawing and what is in sight of it stand in its overview. */

import type { Box } from "./drawing";
import type { View } from "./sight";

export const MINIATURE = { width: 144, height: 104 };
const ROOM = 6;
/** Smaller, a step could not be told: a longer drawing glides by instead. */
const LEAST = 0.03;

export interface Miniature {
  scale: number;
  /** Where the drawing's corner stands. */
  left: number;
  top: number;
  seen: Box;
  /** How far the drawing goes for one pixel in the overview. */
  grip: { x: number; y: number };
}

/** The overview of a drawing: as a whole, or its part around what is in sight. */
export function miniature(drawing: { width: number; height: number }, { x, y, zoom, width, height }: View): Miniature {
  const inner = { width: MINIATURE.width - 2 * ROOM, height: MINIATURE.height - 2 * ROOM };
  const fits = Math.min(inner.width / drawing.width, inner.height / drawing.height);
  const scale = Math.min(Math.max(fits, LEAST), 0.16);
  const across = glide(drawing.width, inner.width, scale, -x / zoom, width / zoom);
  const down = glide(drawing.height, inner.height, scale, -y / zoom, height / zoom);
  return {
    scale,
    left: ROOM + across.offset,
    top: ROOM + down.offset,
    seen: { x: ROOM + across.offset + (-x / zoom) * scale, y: ROOM + down.offset + (-y / zoom) * scale, width: (width / zoom) * scale, height: (height / zoom) * scale },
    grip: { x: across.grip, y: down.grip },
  };
}

/** Centred where there is room; else shifted as far as the view has come on its way from end to end. */
function glide(size: number, room: number, scale: number, from: number, length: number): { offset: number; grip: number } {
  const spare = room - size * scale;
  if (spare >= 0) return { offset: spare / 2, grip: 1 / scale };
  const way = Math.max(size - length, 1);
  const share = Math.min(Math.max(from / way, 0), 1);
  return { offset: spare * share, grip: way / Math.max(room - length * scale, 1) };
}
