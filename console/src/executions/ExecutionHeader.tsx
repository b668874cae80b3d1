/** What an execution is, and what one can do with it: stop, retry, run again, compare. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ArrowLeft, Columns2, OctagonX, RotateCcw, StepForward } from "lucide-react";
import { lazy, Suspense, useState } from "react";

import { useCan } from "../api/account";
import { api, ok } from "../api/client";
import { Complaint, elapsed, Moment, StatusChip } from "../ui/parts";
import { CompareDialog } from "./CompareDialog";
import type { Execution } from "./useExecution";

const RerunDialog = lazy(() => import("./RerunDialog").then((found) => ({ default: found.RerunDialog })));
const RETRIABLE = new Set(["failed", "timed_out", "stopped"]);

function useAction(execution: Execution, act: () => Promise<unknown>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSettled: async () => {
      queries.removeQueries({ queryKey: ["visits", execution.id] });
      queries.setQueryData(["execution", execution.id], await ok(api.GET("/v1/executions/{execution_id}", { params: { path: { execution_id: execution.id } } })));
    },
  });
}

export function ExecutionHeader({ execution }: { execution: Execution }) {
  const path = { params: { path: { execution_id: execution.id } } };
  const mayRun = useCan()("executions:run");
  const [dialog, setDialog] = useState<"rerun" | "compare" | null>(null);
  const stop = useAction(execution, () => ok(api.POST("/v1/executions/{execution_id}/stop", { ...path, body: { reason: "stopped in the console" } })));
  const retry = useAction(execution, () => ok(api.POST("/v1/executions/{execution_id}/redrive", path)));
  const running = execution.status === "running";
  return (
    <header className="studio-head">
      <Link to="/executions" className="button quiet icon" aria-label="All executions"><ArrowLeft size={17} /></Link>
      <div className="heading">
        <Link to="/workflows/$workflowId" params={{ workflowId: execution.workflow_id }}><h1>{execution.workflow}</h1></Link>
        <span className="muted small">Version {execution.version} · <Moment at={execution.started_at} /> · {elapsed(execution.started_at, execution.stopped_at)}</span>
      </div>
      <span role="status" aria-live="polite"><StatusChip status={execution.status} /></span>
      <span className="grow" />
      <Complaint error={stop.error ?? retry.error} />
      <button type="button" className="button" onClick={() => setDialog("compare")}><Columns2 size={15} aria-hidden /> Compare</button>
      {mayRun && <button type="button" className="button" onClick={() => setDialog("rerun")}><RotateCcw size={15} aria-hidden /> Run again</button>}
      {mayRun && RETRIABLE.has(execution.status) && (
        <button type="button" className="button primary" disabled={retry.isPending} onClick={() => retry.mutate()}><StepForward size={15} aria-hidden /> Retry from here</button>
      )}
      {mayRun && running && <button type="button" className="button danger" disabled={stop.isPending} onClick={() => stop.mutate()}><OctagonX size={15} aria-hidden /> Stop</button>}
      {dialog === "rerun" && <Suspense><RerunDialog execution={execution} onClose={() => setDialog(null)} /></Suspense>}
      {dialog === "compare" && <CompareDialog execution={execution} onClose={() => setDialog(null)} />}
    </header>
  );
}
