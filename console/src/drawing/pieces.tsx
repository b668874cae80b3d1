/** The parts of a drawing: steps, blocks with lanes, places to add, lines. */

import { useStore, type ReactFlowState } from "@xyflow/react";
import { Ban, Check, CircleAlert, CircleDashed, LoaderCircle, Pin, Plus, TriangleAlert, type LucideIcon } from "lucide-react";
import { memo, useMemo } from "react";

import { kindOf, readable, type Fields, type Step } from "../graph/definition";
import { titleOf, type Drawing, type Item } from "../graph/layout";
import { inSight, sight } from "../graph/sight";
import type { StepState } from "../graph/overlay";
import { KindIcon } from "./KindIcon";
import { useHands, useSelected, useStepState, useTabStop, useTargeted } from "./marks";

type Of<T extends Item["type"]> = { item: Extract<Item, { type: T }> };

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

function StepPiece({ item: { step, pointer } }: Of<"step">) {
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
}

function BlockPiece({ item: { step, pointer } }: Of<"block">) {
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
}

const LanePiece = ({ item: { title, role } }: Of<"lane">) => (
  <div className={`lane ${role}`}>
    <span title={title}>{title}</span>
  </div>
);

function AddPiece({ item }: Of<"add">) {
  const { onAdd } = useHands();
  const targeted = useTargeted(item.id);
  return (
    <button type="button" className={`add nopan ${targeted ? "target" : ""}`} aria-label="Add a step here" tabIndex={item.id === "/steps/0+" ? 0 : -1} onClick={() => onAdd(item.lane, item.index)}>
      <Plus size={13} aria-hidden />
    </button>
  );
}

function inner(item: Item) {
  switch (item.type) {
    case "step": return <StepPiece item={item} />;
    case "block": return <BlockPiece item={item} />;
    case "lane": return <LanePiece item={item} />;
    case "add": return <AddPiece item={item} />;
    case "end": return <div className="end">{item.label}</div>;
  }
}

/** A part at its place. It is drawn anew only where it is another: items of a changed drawing stay the same objects as far as they stay the same. */
const Placed = memo(({ item }: { item: Item }) => (
  <div className={`piece of-${item.type}`} style={{ left: item.x, top: item.y, width: item.width, height: item.height }}>{inner(item)}</div>
));

const Lines = memo(({ drawing }: { drawing: Drawing }) => (
  <svg className="lines" width={drawing.width} height={drawing.height} aria-hidden>
    <path d={drawing.lines.map(({ from, to }) => `M${from[0]} ${from[1]}L${to[0]} ${to[1]}`).join("")} />
  </svg>
));

const sightOf = ({ transform: [x, y, zoom], width, height }: ReactFlowState): string => sight({ x, y, zoom, width, height });

/** What is in sight of a drawing, and some way around it. Places to add are left out where nothing can be added. */
export function Pieces({ drawing }: { drawing: Drawing }) {
  const { readOnly } = useHands();
  const seen = useStore(sightOf);
  const items = useMemo(() => inSight(drawing, seen).filter(({ type }) => !readOnly || type !== "add"), [drawing, seen, readOnly]);
  return (
    <>
      <Lines drawing={drawing} />
      {items.map((item) => <Placed key={item.id} item={item} />)}
    </>
  );
}
