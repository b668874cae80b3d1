/** The whole drawing in small, with what is in sight; pressed and dragged, it moves the drawing. */

import { Panel, useReactFlow, useStore, type ReactFlowState } from "@xyflow/react";
import { memo, type PointerEvent as Pressed } from "react";

import type { Drawing, Item } from "../graph/layout";
import { miniature, type Miniature } from "../graph/miniature";

const viewOf = (view: ReactFlowState): string => [...view.transform, view.width, view.height].join(" ");

export function Overview({ drawing }: { drawing: Drawing }) {
  const [x = 0, y = 0, zoom = 1, width = 0, height = 0] = useStore(viewOf).split(" ").map(Number);
  const { getViewport, setCenter, zoomTo } = useReactFlow();
  const small = miniature(drawing, { x, y, zoom, width, height });
  const press = (event: Pressed<HTMLDivElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    event.currentTarget.setPointerCapture(event.pointerId);
    void setCenter((event.clientX - box.x - small.left) / small.scale, (event.clientY - box.y - small.top) / small.scale, { zoom });
  };
  const drag = (event: Pressed<HTMLDivElement>): void => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const now = getViewport();
    const middle = (at: number, room: number, by: number, size: number): number => Math.min(Math.max((room / 2 - at) / now.zoom + by, 0), size);
    void setCenter(middle(now.x, width, event.movementX * small.grip.x, drawing.width), middle(now.y, height, event.movementY * small.grip.y, drawing.height), { zoom: now.zoom });
  };
  return (
    <Panel position="bottom-right" className="overview" role="img" aria-label="Overview of the drawing" onPointerDown={press} onPointerMove={drag} onWheel={(event) => void zoomTo(zoom * 2 ** (-event.deltaY / 400))}>
      <Shapes drawing={drawing} small={small} />
      <div className="seen" style={{ translate: `${small.seen.x}px ${small.seen.y}px`, width: small.seen.width, height: small.seen.height }} />
    </Panel>
  );
}

const path = (items: Item[], types: Item["type"][]): string =>
  items.filter(({ type }) => types.includes(type)).map(({ x, y, width, height }) => `M${x} ${y}h${width}v${height}h${-width}z`).join("");

const Shapes = ({ drawing, small: { left, top, scale } }: { drawing: Drawing; small: Miniature }) => (
  <div className="shapes" style={{ translate: `${left}px ${top}px` }}><Picture drawing={drawing} scale={scale} /></div>
);

/** Two paths for all of it: it is painted once for each drawing. */
const Picture = memo(({ drawing, scale }: { drawing: Drawing; scale: number }) => (
  <svg width={drawing.width * scale} height={drawing.height * scale} viewBox={`0 0 ${drawing.width} ${drawing.height}`} aria-hidden>
    <path className="frames" d={path(drawing.items, ["block", "lane"])} />
    <path className="steps" d={path(drawing.items, ["step"])} />
  </svg>
));
