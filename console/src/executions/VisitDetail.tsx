/** A step of an execution: each of its visits with attempts, what it got and what it gave. */

import { ChevronLeft, ChevronRight, X } from "lucide-react";
import { useMemo, useState } from "react";

import type { Json } from "../graph/definition";
import { span } from "../graph/timeline";
import { calledWith, inWords } from "../graph/words";
import { Complaint, Moment, StatusChip } from "../ui/parts";
import { ValueCard } from "../values/Tree";
import { Failure } from "./Failure";
import { useVisits, type Execution, type StepRun, type Visit } from "./useExecution";

interface Props {
  execution: Execution;
  run: StepRun;
  /** The visit to show first. */
  visitId: number | null;
  onClose: () => void;
}

const NEVER: Record<string, string> = {
  skipped: "It was skipped: its condition did not hold, or it is turned off.",
  not_reached: "The execution did not come this far.",
};

export function VisitDetail({ execution, run, visitId, onClose }: Props) {
  const found = useVisits(execution, run.pointer);
  const visits = useMemo(() => found.data?.pages.flatMap((page) => page.items) ?? [], [found.data]);
  const wanted = visits.findIndex((visit) => visit.id === visitId);
  const [moved, setMoved] = useState<number | null>(null);
  const failed = visits.findIndex((visit) => visit.status === "failed");
  const index = Math.min(moved ?? (wanted >= 0 ? wanted : Math.max(failed, 0)), Math.max(visits.length - 1, 0));
  const visit = visits[index];
  const turn = (to: number): void => {
    setMoved(to);
    if (to > visits.length - 5 && found.hasNextPage) void found.fetchNextPage();
  };
  return (
    <>
      <header>
        <div className="grow">
          <h2>{run.name}</h2>
          <span className="muted small">{run.kind}{run.id !== null && <> · <code>${run.id}</code></>}</span>
        </div>
        <StatusChip status={visit?.status ?? run.status} />
        <button type="button" className="button quiet icon" aria-label="Close the step" onClick={onClose}><X size={16} /></button>
      </header>
      <Complaint error={found.error} />
      {NEVER[run.status] !== undefined && <p className="muted">{NEVER[run.status]}</p>}
      {visits.length > 1 && <Turner index={index} count={visits.length} more={found.hasNextPage} visit={visit} onTurn={turn} />}
      {visit !== undefined && <VisitParts visit={visit} run={run} />}
      {visit === undefined && found.isSuccess && <ValueCard title="Output" value={run.output} />}
    </>
  );
}

function Turner({ index, count, more, visit, onTurn }: { index: number; count: number; more: boolean; visit: Visit | undefined; onTurn: (to: number) => void }) {
  const round = visit === undefined || visit.iterations.length === 0 ? "Visit" : `Round ${visit.iterations.map((n) => n + 1).join(" / ")} · visit`;
  return (
    <div className="turner">
      <button type="button" className="button icon" aria-label="The visit before" disabled={index === 0} onClick={() => onTurn(index - 1)}><ChevronLeft size={16} /></button>
      <span>{round} {index + 1} of {count}{more ? " or more" : ""}</span>
      <button type="button" className="button icon" aria-label="The next visit" disabled={index + 1 >= count} onClick={() => onTurn(index + 1)}><ChevronRight size={16} /></button>
    </div>
  );
}

function VisitParts({ visit, run }: { visit: Visit; run: StepRun }) {
  const last = visit.attempts.findLast((attempt) => attempt.error !== null);
  const told = visit.status === "failed" ? inWords(last?.error ?? null, last?.cause ?? run.error ?? null) : null;
  return (
    <>
      <dl className="figures">
        <div><dt>Started</dt><dd><Moment at={visit.started_at} /></dd></div>
        <div><dt>Took</dt><dd>{visit.duration_ms === null ? "–" : span(visit.duration_ms)}</dd></div>
        <div><dt>Attempts</dt><dd>{Math.max(1, visit.attempts.length)}</dd></div>
      </dl>
      {told !== null && <Failure told={told} error={last?.error ?? null} />}
      {visit.attempts.length > 1 && <Attempts visit={visit} />}
      <ValueCard title="Output" value={visit.output} empty={visit.status === "running" || visit.status === "waiting" ? "There is none yet." : "It gave nothing."} />
      <ValueCard title="Called with" value={calledWith(visit.arguments as Json | undefined)} />
      <ValueCard title="Input" value={isEmpty(visit.input) ? undefined : visit.input} />
    </>
  );
}

const isEmpty = (value: unknown): boolean => typeof value === "object" && value !== null && Object.keys(value).length === 0;

const Attempts = ({ visit }: { visit: Visit }) => (
  <section>
    <h3>Attempts</h3>
    <ol className="attempts">
      {visit.attempts.map((attempt, index) => {
        const told = inWords(attempt.error, attempt.cause);
        return (
          <li key={attempt.started_at + String(index)} className={told === null ? "is-succeeded" : "is-failed"}>
            <b>{told?.title ?? "It worked"}</b>
            <span className="muted small"><Moment at={attempt.started_at} />{attempt.stopped_at !== null && ` · ${span(Date.parse(attempt.stopped_at) - Date.parse(attempt.started_at))}`}</span>
            {told !== null && told.detail !== "" && <p className="small">{told.detail}</p>}
          </li>
        );
      })}
    </ol>
  </section>
);
