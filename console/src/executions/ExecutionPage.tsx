/** One execution on the drawing of its workflow: what has happened, step by step, while it happens. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { OctagonX } from "lucide-react";
import { useCallback, useMemo, useState } from "react";

import { api, ok, type Schemas } from "../api/client";
import { Canvas, type StepState } from "../builder/Canvas";
import type { Definition } from "../graph/definition";
import { Complaint, elapsed, Moment, StatusChip } from "../ui/parts";

type Execution = Schemas["ExecutionDetail"];
type StepRun = Schemas["StepRun"];

export function ExecutionPage() {
  const { executionId } = useParams({ from: "/inside/executions/$executionId" });
  const path = { params: { path: { execution_id: executionId } } };
  const found = useQuery({
    queryKey: ["execution", executionId],
    queryFn: () => ok(api.GET("/v1/executions/{execution_id}", path)),
    refetchInterval: ({ state }) => (state.data === undefined || state.data.status === "running" ? 1_000 : false),
    retry: 5,
  });
  if (found.data === undefined) return <div className="inner"><Complaint error={found.error} /></div>;
  return <Detail execution={found.data} />;
}

/** What went wrong in words: functions tell it inside a JSON object, with their stack. */
export function inWords(cause: string): string {
  const start = cause.indexOf("{");
  if (start < 0) return cause;
  try {
    const told = (JSON.parse(cause.slice(start)) as { errorMessage?: unknown }).errorMessage;
    return typeof told === "string" ? cause.slice(0, start) + told : cause;
  } catch {
    return cause;
  }
}

const note = (run: StepRun): string => {
  if (run.error != null) return inWords(run.error);
  const took = run.started_at !== null && run.stopped_at !== null ? elapsed(run.started_at, run.stopped_at) : "";
  return [run.status.replaceAll("_", " "), took, run.runs > 1 ? `${run.runs} runs` : ""].filter(Boolean).join(" · ");
};

function Detail({ execution }: { execution: Execution }) {
  const queries = useQueryClient();
  const [selected, setSelected] = useState<string | null>(null);
  const workflow = useQuery({
    queryKey: ["workflow", execution.workflow_id],
    queryFn: () => ok(api.GET("/v1/workflows/{workflow_id}", { params: { path: { workflow_id: execution.workflow_id } } })),
  });
  const stop = useMutation({
    mutationFn: () => ok(api.POST("/v1/executions/{execution_id}/stop", { params: { path: { execution_id: execution.id } }, body: { reason: "stopped in the console" } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ["execution", execution.id] }),
  });
  const states = useMemo(
    () => Object.fromEntries(execution.steps.map((run): [string, StepState] => [run.pointer, { status: run.status, note: note(run) }])),
    [execution.steps],
  );
  const choose = useCallback((pointer: string) => setSelected(pointer), []);
  const chosen = execution.steps.find((run) => run.pointer === selected);
  return (
    <div className="builder">
      <header>
        <Link to="/workflows/$workflowId" params={{ workflowId: execution.workflow_id }}><h2>{execution.workflow}</h2></Link>
        <StatusChip status={execution.status} />
        <span className="muted small">version {execution.version} · <Moment at={execution.started_at} /> · {elapsed(execution.started_at, execution.stopped_at)}</span>
        <span className="grow" />
        {execution.status === "running" && (
          <button type="button" className="button danger" disabled={stop.isPending} onClick={() => stop.mutate()}><OctagonX size={15} aria-hidden /> Stop</button>
        )}
      </header>
      <div className="workbench">
        <div className="drawing">
          {workflow.data !== undefined && <Canvas definition={workflow.data.definition as unknown as Definition} selected={selected} states={states} onSelect={choose} />}
        </div>
        <aside className="inspector" aria-label="Details">
          <Complaint error={stop.error ?? workflow.error} />
          {chosen === undefined ? <Overview execution={execution} onSelect={choose} /> : <StepDetail run={chosen} onBack={() => setSelected(null)} />}
        </aside>
      </div>
      <div />
    </div>
  );
}

const Value = ({ title, value }: { title: string; value: unknown }) =>
  value === undefined || value === null ? null : (
    <section>
      <h3>{title}</h3>
      <pre className="json" tabIndex={0}>{JSON.stringify(value, null, 2)}</pre>
    </section>
  );

function Overview({ execution, onSelect }: { execution: Execution; onSelect: (pointer: string) => void }) {
  return (
    <>
      {execution.error !== null && (
        <div className="banner" role="alert">
          <div><b>{execution.error}</b><div>{inWords(execution.cause ?? "")}</div></div>
        </div>
      )}
      <Waterfall execution={execution} onSelect={onSelect} />
      <Value title="Output" value={execution.output} />
      <Value title="Input" value={execution.input} />
    </>
  );
}

/** When each step ran, on one time axis. */
function Waterfall({ execution, onSelect }: { execution: Execution; onSelect: (pointer: string) => void }) {
  const begin = Date.parse(execution.started_at);
  const end = Math.max(begin + 1, execution.stopped_at === null ? Date.now() : Date.parse(execution.stopped_at));
  const share = (at: string | null): number => ((at === null ? end : Date.parse(at)) - begin) / (end - begin);
  const runs = execution.steps.filter((run) => run.started_at !== null).slice(0, 300);
  return (
    <section>
      <h3>Steps</h3>
      <div className="waterfall">
        {runs.map((run) => {
          const from = Math.min(1, Math.max(0, share(run.started_at)));
          const to = Math.min(1, Math.max(from, share(run.stopped_at)));
          return [
            <button type="button" key={run.pointer} className="button quiet" style={{ height: 24, padding: 0, justifyContent: "start", overflow: "hidden" }} onClick={() => onSelect(run.pointer)}>{run.name}</button>,
            <div className="track" key={`${run.pointer}|`}><i className={run.status} style={{ left: `${from * 97}%`, width: `${(to - from) * 97}%` }} /></div>,
          ];
        })}
      </div>
    </section>
  );
}

function StepDetail({ run, onBack }: { run: StepRun; onBack: () => void }) {
  return (
    <>
      <header>
        <h2>{run.name}</h2>
        <StatusChip status={run.status} />
      </header>
      <p className="muted small">
        {run.kind} · {run.runs} {run.runs === 1 ? "run" : "runs"}
        {run.failures > 0 && ` · ${run.failures} failed`}
        {run.started_at !== null && <> · <Moment at={run.started_at} /> · {elapsed(run.started_at, run.stopped_at)}</>}
      </p>
      {run.error != null && <div className="banner" role="alert">{inWords(run.error)}</div>}
      <Value title="Output" value={run.output} />
      <button type="button" className="button" onClick={onBack}>The whole execution</button>
    </>
  );
}
