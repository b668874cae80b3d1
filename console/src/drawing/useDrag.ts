/** Dragging a step to another place: the nearest place to add lights up, and takes it. */

import { useReactFlow } from "@xyflow/react";
import { useCallback, useEffect, useRef, useState, type PointerEvent as Pressed } from "react";

import type { Drawing } from "../graph/layout";
import type { Marks } from "./marks";

const SLACK = 5;
const REACH = 140;

/** Where a dragged step's shadow stands, beside the pointer. */
const beside = (x: number, y: number): string => `${x + 12}px ${y + 10}px`;

type Place = Extract<Drawing["items"][number], { type: "add" }>;

/** The place nearest to a point of the drawing, which does not lie inside the dragged step. */
function nearest(drawing: Drawing, pointer: string, x: number, y: number): Place | undefined {
  let best: Place | undefined;
  let least = REACH;
  for (const item of drawing.items) {
    if (item.type !== "add" || item.lane.startsWith(`${pointer}/`)) continue;
    const far = Math.hypot(item.x + item.width / 2 - x, item.y + item.height / 2 - y);
    if (far < least) [best, least] = [item, far];
  }
  return best;
}

export function useDrag(drawing: Drawing, marks: Marks, onMove: ((pointer: string, lane: string, index: number) => void) | undefined) {
  const { screenToFlowPosition } = useReactFlow();
  const [dragged, setDragged] = useState<string | null>(null);
  // The shadow follows the pointer by itself: a frame of dragging renders nothing anew but the place that lights up.
  const spot = useRef("");
  const shadow = useRef<HTMLElement | null>(null);
  const follow = useCallback((element: HTMLElement | null) => {
    shadow.current = element;
    if (element !== null) element.style.translate = spot.current;
  }, []);
  const end = useRef<(() => void) | null>(null);
  useEffect(() => () => end.current?.(), []);
  const grab = useCallback((event: Pressed, pointer: string, title: string) => {
    if (onMove === undefined || event.button !== 0) return;
    const [x, y] = [event.clientX, event.clientY];
    let place: Place | undefined;
    let moving = false;
    const move = (now: PointerEvent): void => {
      if (!moving && Math.hypot(now.clientX - x, now.clientY - y) < SLACK) return;
      if (!moving) setDragged(title);
      moving = true;
      spot.current = beside(now.clientX, now.clientY);
      if (shadow.current !== null) shadow.current.style.translate = spot.current;
      const at = screenToFlowPosition({ x: now.clientX, y: now.clientY });
      place = nearest(drawing, pointer, at.x, at.y);
      if (marks.target !== (place?.id ?? null)) marks.set({ target: place?.id ?? null });
    };
    const stop = (): void => {
      for (const [name, listener] of Object.entries(listeners)) window.removeEventListener(name, listener as EventListener);
      marks.set({ target: null });
      setDragged(null);
      end.current = null;
    };
    const up = (): void => {
      stop();
      if (!moving) return;
      window.addEventListener("click", (click) => click.stopPropagation(), { capture: true, once: true });
      if (place !== undefined) onMove(pointer, place.lane, place.index);
    };
    const key = (now: KeyboardEvent): void => {
      if (now.key === "Escape") stop();
    };
    const listeners = { pointermove: move, pointerup: up, pointercancel: stop, keydown: key };
    for (const [name, listener] of Object.entries(listeners)) window.addEventListener(name, listener as EventListener);
    end.current = stop;
  }, [drawing, marks, onMove, screenToFlowPosition]);
  return { dragged, follow, grab };
}
