/** Every visit of every step on one time axis; only what is in view is drawn. */

import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef } from "react";

import { axisOf, place, span, ticks, type Axis } from "../graph/timeline";
import { Complaint } from "../ui/parts";
import { useVisits, type Execution, type Visit } from "./useExecution";

const ROW = 28;

interface Props {
  execution: Execution;
  chosen: number | null;
  onChoose: (visit: Visit) => void;
}

/** How deep each visit lies in loops and branches. */
function depthsOf(visits: Visit[]): Map<number, number> {
  const depths = new Map<number, number>();
  for (const visit of visits) depths.set(visit.id, visit.parent === null ? 0 : (depths.get(visit.parent) ?? 0) + 1);
  return depths;
}

export function Waterfall({ execution, chosen, onChoose }: Props) {
  const found = useVisits(execution);
  const visits = useMemo(() => found.data?.pages.flatMap((page) => page.items) ?? [], [found.data]);
  const depths = useMemo(() => depthsOf(visits), [visits]);
  const axis = useMemo(() => axisOf(execution, visits, Date.now()), [execution, visits]);
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({ count: visits.length, getScrollElement: () => scroller.current, estimateSize: () => ROW, overscan: 12 });
  const shown = rows.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = found;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && last > visits.length - 60) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage, last, visits.length]);
  return (
    <section className="waterfall" aria-label="Waterfall">
      <header>
        <span>Step</span>
        <Ticks axis={axis} />
      </header>
      <Complaint error={found.error} />
      <div className="rows" ref={scroller} tabIndex={0} role="group" aria-label="Visits of steps">
        {found.isPending && <p className="muted small pad" role="status">Reading what happened…</p>}
        {found.isSuccess && visits.length === 0 && <p className="muted small pad">{execution.status === "running" ? "It has just begun." : "Its step-by-step history is no longer kept."}</p>}
        <div style={{ height: rows.getTotalSize() }}>
          {shown.map((row) => {
            const visit = visits[row.index]!;
            return <Row key={visit.id} visit={visit} axis={axis} depth={depths.get(visit.id) ?? 0} top={row.start} chosen={visit.id === chosen} onChoose={onChoose} />;
          })}
        </div>
      </div>
    </section>
  );
}

const Ticks = ({ axis }: { axis: Axis }) => (
  <span className="ticks" aria-hidden>
    {ticks(axis).filter((at) => at / (axis.end - axis.begin) < 0.96).map((at) => <i key={at} style={{ left: `${(at / (axis.end - axis.begin)) * 100}%` }}>{span(at)}</i>)}
  </span>
);

interface RowProps {
  visit: Visit;
  axis: Axis;
  depth: number;
  top: number;
  chosen: boolean;
  onChoose: (visit: Visit) => void;
}

function Row({ visit, axis, depth, top, chosen, onChoose }: RowProps) {
  const { left, width } = place(visit, axis);
  const inside = left + width > 0.8 && width > 0.3;
  const round = visit.iterations.length > 0 ? ` ${visit.iterations.map((n) => `#${n + 1}`).join(" ")}` : "";
  const tries = visit.attempts.length > 1 ? ` · ${visit.attempts.length} attempts` : "";
  const took = visit.duration_ms === null ? visit.status : span(visit.duration_ms);
  return (
    <button type="button" className={`row is-${visit.status}`} style={{ translate: `0 ${top}px` }} aria-pressed={chosen} onClick={() => onChoose(visit)}>
      <span className="name" style={{ paddingLeft: 14 + depth * 14 }}>
        <i className="sign-dot" /> <span>{visit.undo ? "Undo: " : ""}{visit.name}</span> <span className="muted">{round}</span>
      </span>
      <span className="track">
        <i style={{ left: `${left * 100}%`, width: `max(3px, ${width * 100}%)` }} />
        <em className={inside ? "inside" : ""} style={inside ? { right: `${(1 - left - width) * 100}%` } : { left: `calc(${(left + width) * 100}% + 8px)` }}>{took}{tries}</em>
      </span>
    </button>
  );
}
