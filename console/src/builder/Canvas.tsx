/** The drawing on screen: positions from `graph/layout`, pixels from React Flow. */

import { Background, BackgroundVariant, Controls, MiniMap, ReactFlow, type Node, type NodeProps } from "@xyflow/react";
import { Plus } from "lucide-react";
import { createContext, memo, useContext, useMemo } from "react";

import { kindOf, readable, type Definition, type Step } from "../graph/definition";
import { layout, titleOf, type Drawing, type Item } from "../graph/layout";
import { KindIcon } from "./KindIcon";

export interface StepState {
  status?: string;
  problem?: "error" | "warning";
  note?: string;
}

interface Handlers {
  selected: string | null;
  states: Record<string, StepState>;
  readOnly: boolean;
  onSelect: (pointer: string) => void;
  onAdd: (lane: string, index: number) => void;
}

const Hands = createContext<Handlers>({ selected: null, states: {}, readOnly: true, onSelect: () => {}, onAdd: () => {} });

type Data<T extends Item["type"]> = { item: Extract<Item, { type: T }> };

function useStep(pointer: string): { className: string; state: StepState; select: () => void } {
  const { selected, states, onSelect } = useContext(Hands);
  const state = states[pointer] ?? {};
  const classes = [selected === pointer && "selected", state.status && `is-${state.status}`, state.problem && `has-${state.problem}`];
  return { className: classes.filter(Boolean).join(" "), state, select: () => onSelect(pointer) };
}

/** What a step does, in a line. */
function summary(step: Step): string {
  switch (kindOf(step)) {
    case "use": return String(step["use"]);
    case "set": return readable(step["set"]);
    case "wait": return Object.entries(step["wait"] ?? {}).map(([key, value]) => `${key} ${readable(value)}`).join(" ");
    case "stop": return String((step["stop"] as Step | null)?.["status"] ?? "");
    case "for_each": return readable(step["for_each"]);
    default: return "";
  }
}

const StepNode = memo(({ data }: NodeProps<Node<Data<"step">>>) => {
  const { step, pointer } = data.item;
  const { className, state, select } = useStep(pointer);
  return (
    <button type="button" className={`step ${className}`} onClick={select} data-pointer={pointer}>
      <KindIcon step={step} />
      <span className="words">
        <span className="title">{titleOf(step)}</span>
        <span className="what">{state.note ?? summary(step)}</span>
      </span>
    </button>
  );
});

const BlockNode = memo(({ data }: NodeProps<Node<Data<"block">>>) => {
  const { step, pointer } = data.item;
  const { className, select } = useStep(pointer);
  return (
    <div className={`block ${className}`}>
      <button type="button" className="head" onClick={select} data-pointer={pointer}>
        <KindIcon step={step} />
        <span className="title">{titleOf(step)}</span>
        <span className="what">{summary(step)}</span>
      </button>
    </div>
  );
});

const LaneNode = memo(({ data }: NodeProps<Node<Data<"lane">>>) => (
  <div className={`lane ${data.item.lane.role}`}>
    <span title={data.item.lane.title}>{data.item.lane.title}</span>
  </div>
));

const AddNode = memo(({ data }: NodeProps<Node<Data<"add">>>) => {
  const { onAdd, readOnly } = useContext(Hands);
  if (readOnly) return null;
  return (
    <button type="button" className="add" aria-label="Add a step here" onClick={() => onAdd(data.item.lane, data.item.index)}>
      <Plus size={13} aria-hidden />
    </button>
  );
});

const EndNode = memo(({ data }: NodeProps<Node<Data<"end">>>) => <div className="end">{data.item.label}</div>);

const LinesNode = memo(({ data }: NodeProps<Node<{ drawing: Drawing }>>) => (
  <svg className="lines" width={data.drawing.width} height={data.drawing.height} aria-hidden>
    {data.drawing.lines.map(({ id, from, to }) => <line key={id} x1={from[0]} y1={from[1]} x2={to[0]} y2={to[1]} />)}
  </svg>
));

const NODE_TYPES = { step: StepNode, block: BlockNode, lane: LaneNode, add: AddNode, end: EndNode, lines: LinesNode };
const DEPTH = { block: 0, lane: 1, lines: 2, end: 3, step: 3, add: 4 };

function nodesOf(drawing: Drawing, draggable: boolean): Node[] {
  const lines: Node = { id: "lines", type: "lines", position: { x: 0, y: 0 }, data: { drawing }, zIndex: DEPTH.lines, draggable: false, selectable: false };
  const items = drawing.items.map((item): Node => ({
    id: item.id,
    type: item.type,
    position: { x: item.x, y: item.y },
    width: item.width,
    height: item.height,
    zIndex: DEPTH[item.type] + (item.type === "block" ? 0 : 0),
    draggable: draggable && item.type === "step",
    selectable: false,
    focusable: false,
    data: { item },
  }));
  return [...items, lines];
}

const REACH = 90;

interface Props extends Omit<Handlers, "onAdd" | "readOnly"> {
  definition: Definition;
  onAdd?: (lane: string, index: number) => void;
  onMove?: (pointer: string, lane: string, index: number) => void;
}

/** The drawing. Without `onAdd` it is only looked at. */
export function Canvas({ definition, selected, states, onSelect, onAdd, onMove }: Props) {
  const drawing = useMemo(() => layout(definition), [definition]);
  const nodes = useMemo(() => nodesOf(drawing, onMove !== undefined), [drawing, onMove]);
  const hands = useMemo(
    () => ({ selected, states, onSelect, onAdd: onAdd ?? (() => {}), readOnly: onAdd === undefined }),
    [selected, states, onSelect, onAdd],
  );
  const dropped = (node: Node): void => {
    const x = node.position.x + (node.width ?? 0) / 2;
    const y = node.position.y + (node.height ?? 0) / 2;
    const places = drawing.items.flatMap((item) =>
      item.type === "add" ? [{ item, far: Math.hypot(item.x + item.width / 2 - x, item.y + item.height / 2 - y) }] : [],
    );
    const nearest = places.toSorted((a, b) => a.far - b.far)[0];
    if (nearest !== undefined && nearest.far < REACH) onMove?.(node.id, nearest.item.lane, nearest.item.index);
  };
  return (
    <Hands value={hands}>
      <ReactFlow
        key={onMove === undefined ? "look" : "edit"}
        nodes={nodes}
        edges={[]}
        nodeTypes={NODE_TYPES}
        onNodeDragStop={(_, node) => dropped(node)}
        nodesConnectable={false}
        elementsSelectable={false}
        fitView
        fitViewOptions={{ maxZoom: 1, padding: 0.12 }}
        minZoom={0.15}
        maxZoom={1.6}
        panOnScroll
        onlyRenderVisibleElements
        proOptions={{ hideAttribution: true }}
      >
        <Background variant={BackgroundVariant.Dots} gap={18} size={1.2} />
        <Controls showInteractive={false} />
        <MiniMap pannable zoomable className="minimap" nodeClassName={(node) => `mini-${node.type ?? ""}`} />
      </ReactFlow>
    </Hands>
  );
}
