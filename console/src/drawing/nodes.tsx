/** The parts of a drawing: steps, blocks with lanes, places to add, lines. */

import type { Node, NodeProps } from "@xyflow/react";
import { Ban, Check, CircleAlert, CircleDashed, LoaderCircle, Pin, Plus, TriangleAlert, type LucideIcon } from "lucide-react";
import { memo } from "react";

import { kindOf, readable, type Fields, type Step } from "../graph/definition";
import { titleOf, type Drawing, type Item } from "../graph/layout";
import type { StepState } from "../graph/overlay";
import { KindIcon } from "./KindIcon";
import { useHands, useSelected, useStepState, useTabStop, useTargeted } from "./marks";

type Data<T extends Item["type"]> = { item: Extract<Item, { type: T }> };

/** What a step does, in a line. */
export function summary(step: Step): string {
  switch (kindOf(step)) {
    case "use": return String(step["use"]);
    case "set": return readable(step["set"]);
    case "wait": return Object.entries((step["wait"] ?? {}) as Fields).map(([key, value]) => `${key} ${readable(value)}`).join(" ");
    case "stop": return String((step["stop"] as Step | null)?.["status"] ?? "");
    case "for_each": return readable(step["for_each"]);
    default: return "";
  }
}

const SIGNS: Record<string, LucideIcon> = { succeeded: Check, failed: CircleAlert, running: LoaderCircle, waiting: LoaderCircle, skipped: CircleDashed, stopped: Ban };

/** The sign at a step's end: what became of it, else what is wrong with it. */
function Sign({ state, step }: { state: StepState; step: Step }) {
  const Icon = SIGNS[state.status ?? ""];
  if (Icon !== undefined) return <Icon size={15} className="sign" aria-hidden />;
  if (state.problem !== undefined) return state.problem === "error" ? <CircleAlert size={15} className="sign bad" aria-hidden /> : <TriangleAlert size={15} className="sign warn" aria-hidden />;
  return step["pin"] === undefined ? null : <Pin size={13} className="sign" aria-hidden />;
}

function useStep(pointer: string, step: Step) {
  const hands = useHands();
  const state = useStepState(pointer);
  const selected = useSelected(pointer);
  const first = useTabStop(pointer);
  const classes = [selected && "selected", state.status && `is-${state.status}`, state.problem && `has-${state.problem}`, state.change && `was-${state.change}`, step["disabled"] === true && "is-disabled"];
  const note = [state.change?.replaceAll("_", " "), state.note].filter(Boolean).join(" · ");
  const button = {
    type: "button" as const,
    tabIndex: first ? 0 : -1,
    "data-pointer": pointer,
    "aria-pressed": selected,
    onClick: () => hands.onSelect(pointer),
    onPointerDown: (event: React.PointerEvent) => hands.onGrab(event, pointer, titleOf(step)),
  };
  return { className: classes.filter(Boolean).join(" "), state, note, button };
}

const StepNode = memo(({ data }: NodeProps<Node<Data<"step">>>) => {
  const { step, pointer } = data.item;
  const { className, state, note, button } = useStep(pointer, step);
  return (
    <button {...button} className={`step nopan ${className}`}>
      <KindIcon step={step} />
      <span className="words">
        <span className="title">{titleOf(step)}</span>
        <span className="what">{note || summary(step)}</span>
      </span>
      <Sign state={state} step={step} />
    </button>
  );
});

const BlockNode = memo(({ data }: NodeProps<Node<Data<"block">>>) => {
  const { step, pointer } = data.item;
  const { className, state, note, button } = useStep(pointer, step);
  return (
    <div className={`block ${className}`}>
      <button {...button} className="head nopan">
        <KindIcon step={step} />
        <span className="title">{titleOf(step)}</span>
        <span className="what">{note || summary(step)}</span>
        <Sign state={state} step={step} />
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
  const { onAdd } = useHands();
  const targeted = useTargeted(data.item.id);
  return (
    <button type="button" className={`add nopan ${targeted ? "target" : ""}`} aria-label="Add a step here" tabIndex={data.item.id === "/steps/0+" ? 0 : -1} onClick={() => onAdd(data.item.lane, data.item.index)}>
      <Plus size={13} aria-hidden />
    </button>
  );
});

const EndNode = memo(({ data }: NodeProps<Node<Data<"end">>>) => <div className="end">{data.item.label}</div>);

const LinesNode = memo(({ data }: NodeProps<Node<{ drawing: Drawing }>>) => (
  <svg className="lines" width={data.drawing.width} height={data.drawing.height} aria-hidden>
    <path d={data.drawing.lines.map(({ from, to }) => `M${from[0]} ${from[1]}L${to[0]} ${to[1]}`).join("")} />
  </svg>
));

export const NODE_TYPES = { step: StepNode, block: BlockNode, lane: LaneNode, add: AddNode, end: EndNode, lines: LinesNode };
const DEPTH = { block: 0, lane: 1, lines: 2, end: 3, step: 3, add: 4 };

const FIXED = { draggable: false, selectable: false, focusable: false } as const;

/** A drawing as React Flow has it. Places to add are left out where nothing can be added. */
export function nodesOf(drawing: Drawing, readOnly: boolean): Node[] {
  const lines: Node = { id: "lines", type: "lines", position: { x: 0, y: 0 }, width: drawing.width, height: drawing.height, data: { drawing }, zIndex: DEPTH.lines, ...FIXED };
  const shown = readOnly ? drawing.items.filter((item) => item.type !== "add") : drawing.items;
  const items = shown.map((item): Node => ({
    id: item.id, type: item.type, position: { x: item.x, y: item.y }, width: item.width, height: item.height, zIndex: DEPTH[item.type], data: { item }, ...FIXED,
  }));
  return [...items, lines];
}
