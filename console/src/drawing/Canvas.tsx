/** The drawing on screen: positions from `graph/layout`, pixels from React Flow. */

import { ControlButton, Controls, ReactFlow, ReactFlowProvider, useReactFlow, useStore, ViewportPortal, type Node, type ReactFlowState } from "@xyflow/react";
import "@xyflow/react/dist/base.css";
import { Maximize } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { createPortal } from "react-dom";

import type { Definition } from "../graph/definition";
import { layout, type Drawing } from "../graph/layout";
import type { States } from "../graph/overlay";
import { kept } from "../graph/sight";
import "./drawing.css";
import { HandsContext, Marks, type Hands } from "./marks";
import { Overview } from "./Overview";
import { Pieces } from "./pieces";
import { useDrag } from "./useDrag";

interface Props {
  definition: Definition;
  selected: string | null;
  states: States;
  onSelect: (pointer: string | null) => void;
  onAdd?: (lane: string, index: number) => void;
  onMove?: (pointer: string, lane: string, index: number) => void;
}

const LEGIBLE = 0.75;
const FOCUS_MS = 40;
const GLIDE_MS = 160;
/** Below this, words cannot be read: plain boxes are drawn. */
const FAR = 0.35;
const MARGIN = 2_400;
const NONE: Node[] = [];

/** The drawing. Without `onAdd` it is only looked at. */
export const Canvas = (props: Props) => (
  <ReactFlowProvider>
    <Sheet {...props} />
  </ReactFlowProvider>
);

function Sheet({ definition, selected, states, onSelect, onAdd, onMove }: Props) {
  const drawing = useDrawing(definition);
  const readOnly = onAdd === undefined;
  const [marks] = useState(() => new Marks());
  const frame = useRef<HTMLDivElement>(null);
  const { dragged, follow, grab } = useDrag(drawing, marks, onMove);
  useEffect(() => {
    const first = drawing.items.find((item) => item.type === "step" || item.type === "block");
    marks.set({ selected, states, first: first?.id ?? null });
  }, [marks, selected, states, drawing]);
  const far = useStore(isFar);
  // While it moves, the drawing is a layer of its own: moved as it is, not painted anew. Else it is not, so that it is sharp at every size.
  const moving = (on: boolean): void => void frame.current?.toggleAttribute("data-moving", on);
  const begin = useBeginning(drawing, frame);
  useInView(drawing, selected, frame);
  const hands = useMemo<Hands>(
    () => ({ marks, readOnly, onSelect, onAdd: onAdd ?? (() => {}), onGrab: grab }),
    [marks, readOnly, onSelect, onAdd, grab],
  );
  return (
    <HandsContext value={hands}>
      <div ref={frame} className={`canvas ${dragged === null ? "" : "is-dragging"} ${far ? "is-far" : ""}`}>
        <ReactFlow
          nodes={NONE}
          nodesConnectable={false}
          nodesDraggable={false}
          elementsSelectable={false}
          disableKeyboardA11y
          deleteKeyCode={null}
          selectionKeyCode={null}
          onPaneClick={() => onSelect(null)}
          onInit={begin}
          onMoveStart={() => moving(true)}
          onMoveEnd={() => moving(false)}
          minZoom={0.1}
          maxZoom={1.6}
          panOnScroll
          proOptions={{ hideAttribution: true }}
        >
          <ViewportPortal>
            <div className="dots" style={{ left: -MARGIN, top: -MARGIN, width: drawing.width + 2 * MARGIN, height: drawing.height + 2 * MARGIN }} />
            <Pieces drawing={drawing} />
          </ViewportPortal>
          <Controls showInteractive={false} showFitView={false} position="bottom-left"><Fit drawing={drawing} /></Controls>
          <Overview drawing={drawing} />
        </ReactFlow>
        {dragged !== null && createPortal(<div className="dragged" ref={follow}>{dragged}</div>, document.body)}
      </div>
    </HandsContext>
  );
}

const isFar = ({ transform }: ReactFlowState): boolean => transform[2] < FAR;

/** The drawing of a definition; what stays as it was is the same object as before. */
function useDrawing(definition: Definition): Drawing {
  const before = useRef<Drawing | null>(null);
  const drawing = useMemo(() => kept(layout(definition), before.current), [definition]);
  useEffect(() => {
    before.current = drawing;
  }, [drawing]);
  return drawing;
}

/** Brings all of the drawing into view. */
function Fit({ drawing: { width, height } }: { drawing: Drawing }) {
  const { fitBounds } = useReactFlow();
  return <ControlButton title="Fit the window" aria-label="Fit the window" onClick={() => void fitBounds({ x: 0, y: 0, width, height }, { padding: 0.06, duration: GLIDE_MS })}><Maximize size={13} aria-hidden /></ControlButton>;
}

/** The first view: the whole drawing while that is legible, else its upper part. */
function useBeginning(drawing: Drawing, frame: React.RefObject<HTMLDivElement | null>): () => void {
  const { setViewport } = useReactFlow();
  return () => {
    const room = frame.current?.getBoundingClientRect();
    if (room === undefined || room.width === 0) return;
    const fits = Math.min((room.width - 60) / drawing.width, (room.height - 60) / drawing.height, 1);
    const zoom = Math.max(fits, Math.min(LEGIBLE, (room.width - 60) / drawing.width), 0.1);
    const spare = room.height - drawing.height * zoom;
    void setViewport({ x: (room.width - drawing.width * zoom) / 2, y: spare > 60 ? Math.min(spare / 2, 72) : 28, zoom });
  };
}

/** Brings the chosen step into view, and keeps the keyboard on it. */
function useInView(drawing: Drawing, selected: string | null, frame: React.RefObject<HTMLDivElement | null>): void {
  const { getViewport, setCenter } = useReactFlow();
  useEffect(() => {
    const item = drawing.items.find((each) => each.id === selected);
    const room = frame.current?.getBoundingClientRect();
    if (item === undefined || room === undefined) return;
    const { x, y, zoom } = getViewport();
    const [left, top] = [item.x * zoom + x, item.y * zoom + y];
    const height = item.type === "block" ? 58 : item.height;
    const inside = left >= 0 && top >= 0 && left + item.width * zoom <= room.width && top + height * zoom <= room.height;
    if (!inside) void setCenter(item.x + item.width / 2, item.y + height / 2, { zoom: Math.max(zoom, LEGIBLE), duration: GLIDE_MS });
    // A dialog that closes gives the focus back first; a step far away stands on the page once the drawing has come to it.
    const timer = setTimeout(() => {
      const held = document.activeElement;
      if (held !== document.body && held?.closest(".canvas") == null) return;
      frame.current?.querySelector<HTMLElement>(`[data-pointer="${CSS.escape(selected ?? "")}"]`)?.focus({ preventScroll: true });
    }, inside ? FOCUS_MS : FOCUS_MS + GLIDE_MS);
    return () => clearTimeout(timer);
  }, [drawing, selected, frame, getViewport, setCenter]);
}
