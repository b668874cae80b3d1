/** The execution as a whole: how it ended, where it came from, what went in and out. */

import { Link } from "@tanstack/react-router";

import { inWords } from "../graph/words";
import { elapsed, Moment } from "../ui/parts";
import { ValueCard } from "../values/Tree";
import { Failure } from "./Failure";
import type { Execution } from "./useExecution";

export function Overview({ execution, onSelect }: { execution: Execution; onSelect: (pointer: string) => void }) {
  const told = execution.status === "succeeded" ? null : inWords(execution.error, execution.cause);
  const culprit = execution.steps.findLast((run) => run.status === "failed");
  return (
    <>
      <header><h2>Execution</h2></header>
      {told !== null && <Failure told={told} error={execution.error} />}
      {told !== null && culprit !== undefined && (
        <button type="button" className="button" onClick={() => onSelect(culprit.pointer)}>Show the step “{culprit.name}”</button>
      )}
      <dl className="figures">
        <div><dt>Started</dt><dd><Moment at={execution.started_at} /></dd></div>
        <div><dt>Took</dt><dd>{elapsed(execution.started_at, execution.stopped_at)}</dd></div>
        <div><dt>Started by</dt><dd>{execution.trigger}</dd></div>
        <div><dt>Retried</dt><dd>{execution.redrives === 0 ? "never" : execution.redrives === 1 ? "once" : `${execution.redrives} times`}</dd></div>
      </dl>
      <Relation label="It was started by" id={execution.parent_id} />
      <Relation label="It runs again what" id={execution.rerun_of} after=" did" />
      <ValueCard title="Input" value={execution.input} empty="Nothing was handed over." />
      <ValueCard title="Output" value={execution.output} empty={execution.status === "running" ? "It is still running." : "It gave nothing."} />
    </>
  );
}

function Relation({ label, id, after = "" }: { label: string; id: string | null | undefined; after?: string }) {
  if (id == null) return null;
  return <p className="small">{label} <Link to="/executions/$executionId" params={{ executionId: id }}>another execution</Link>{after}.</p>;
}
