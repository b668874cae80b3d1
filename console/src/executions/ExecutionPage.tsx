/** One execution on the drawing of its own version: what has happened, step by step, while it happens. */

import { useParams } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";

import { Canvas } from "../drawing/Canvas";
import "../drawing/workbench.css";
import { runStates } from "../graph/overlay";
import { span } from "../graph/timeline";
import { message } from "../graph/words";
import { Complaint } from "../ui/parts";
import { ExecutionHeader } from "./ExecutionHeader";
import "./executions.css";
import { Overview } from "./Overview";
import { useExecution, useVersion, type Execution, type StepRun, type Visit } from "./useExecution";
import { VisitDetail } from "./VisitDetail";
import { Waterfall } from "./Waterfall";

export function ExecutionPage() {
  const { executionId } = useParams({ from: "/inside/executions/$executionId" });
  const found = useExecution(executionId);
  if (found.data === undefined) {
    return found.error === null ? <div className="loading" role="status">Loading the execution…</div> : <div className="inner"><Complaint error={found.error} /></div>;
  }
  return <Detail key={executionId} execution={found.data} />;
}

/** What became of a step, in a line. */
function said(run: StepRun): string {
  if (run.error != null) return message(run.error);
  const took = run.started_at !== null && run.stopped_at !== null ? span(Date.parse(run.stopped_at) - Date.parse(run.started_at)) : "";
  const failures = run.failures > 0 && run.status === "succeeded" ? `${run.failures} failed attempts` : "";
  const undone = run.undone > 0 ? "undone" : "";
  return [run.status.replaceAll("_", " "), took, run.runs > 1 ? `${run.runs} runs` : "", failures, undone].filter(Boolean).join(" · ");
}

function Detail({ execution }: { execution: Execution }) {
  const [selected, setSelected] = useState<string | null>(null);
  const [visit, setVisit] = useState<number | null>(null);
  const definition = useVersion(execution.workflow_id, execution.version);
  const states = useMemo(() => runStates(execution.steps, (run) => said(run as StepRun)), [execution.steps]);
  const select = useCallback((pointer: string | null) => {
    setSelected(pointer);
    setVisit(null);
  }, []);
  const choose = useCallback((chosen: Visit) => {
    setSelected(chosen.pointer);
    setVisit(chosen.id);
  }, []);
  const run = execution.steps.find((each) => each.pointer === selected);
  return (
    <div className="studio">
      <ExecutionHeader execution={execution} />
      <div className="workbench">
        <div className="drawing">
          {definition.data !== undefined && <Canvas definition={definition.data} selected={selected} states={states} onSelect={select} />}
          {definition.error !== null && <div className="inner"><Complaint error={definition.error} /></div>}
        </div>
        <aside className="inspector" aria-label="Details">
          {run === undefined ? <Overview execution={execution} onSelect={select} /> : <VisitDetail key={`${run.pointer} ${visit}`} execution={execution} run={run} visitId={visit} onClose={() => select(null)} />}
        </aside>
      </div>
      <Waterfall execution={execution} chosen={visit} onChoose={choose} />
    </div>
  );
}
