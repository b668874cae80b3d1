/** Two executions side by side: where they went different ways, and which values differ. */

import { Link, useParams } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import { useMemo, useState } from "react";

import { differences, pairs, type Pair } from "../graph/comparison";
import type { Json } from "../graph/definition";
import { span } from "../graph/timeline";
import { inWords } from "../graph/words";
import "../drawing/workbench.css";
import { Complaint, elapsed, Moment, StatusChip } from "../ui/parts";
import "./executions.css";
import { useExecution, type Execution, type StepRun } from "./useExecution";

export function ComparePage() {
  const { executionId, otherId } = useParams({ from: "/inside/executions/$executionId/compare/$otherId" });
  const left = useExecution(executionId);
  const right = useExecution(otherId);
  if (left.data === undefined || right.data === undefined) {
    const error = left.error ?? right.error;
    return error === null ? <div className="loading" role="status">Loading both executions…</div> : <div className="inner"><Complaint error={error} /></div>;
  }
  return <Comparison left={left.data} right={right.data} />;
}

function Comparison({ left, right }: { left: Execution; right: Execution }) {
  const [all, setAll] = useState(false);
  const rows = useMemo(() => pairs<StepRun>(left.steps, right.steps), [left, right]);
  const shown = all ? rows : rows.filter((row) => row.differs);
  return (
    <div className="inner">
      <header className="bar">
        <Link to="/executions/$executionId" params={{ executionId: left.id }} className="button quiet icon" aria-label="Back to the execution"><ArrowLeft size={17} /></Link>
        <h1>{left.workflow}: two executions</h1>
      </header>
      <div className="sides">
        <Side execution={left} name="A" />
        <Side execution={right} name="B" />
      </div>
      <Values title="Input" left={left.input} right={right.input} />
      <Values title="Output" left={left.output} right={right.output} />
      <section className="card">
        <header className="card-head">
          <h2>Steps</h2>
          <label className="check"><input type="checkbox" checked={all} onChange={(event) => setAll(event.target.checked)} /> Show equal ones too</label>
        </header>
        {shown.length === 0 ? <p className="muted pad">Every step did the same.</p> : (
          <div className="scroll">
            <table className="table">
              <thead><tr><th>Step</th><th>A</th><th>B</th><th>Differences</th></tr></thead>
              <tbody>{shown.map((row) => <StepRow key={row.key} row={row} />)}</tbody>
            </table>
          </div>
        )}
      </section>
    </div>
  );
}

function Side({ execution, name }: { execution: Execution; name: string }) {
  const told = inWords(execution.error, execution.cause);
  return (
    <section className="card side-card" aria-label={`Execution ${name}`}>
      <header>
        <b className="which">{name}</b> <StatusChip status={execution.status} />
        <Link to="/executions/$executionId" params={{ executionId: execution.id }}><Moment at={execution.started_at} /></Link>
      </header>
      <span className="muted small">version {execution.version} · {elapsed(execution.started_at, execution.stopped_at)} · by {execution.trigger}</span>
      {told !== null && <p className="complaint">{told.title}{told.detail === "" ? "" : `: ${told.detail}`}</p>}
    </section>
  );
}

const took = (run: StepRun | undefined): string =>
  run?.started_at != null && run.stopped_at !== null ? span(Date.parse(run.stopped_at) - Date.parse(run.started_at)) : "";

const StepRow = ({ row }: { row: Pair<StepRun> }) => (
  <tr>
    <td><b>{row.name}</b></td>
    {[row.left, row.right].map((run, index) => (
      <td key={index}>{run === undefined ? <span className="muted">not there</span> : <><StatusChip status={run.status} /> <span className="muted small">{took(run)}</span></>}</td>
    ))}
    <td><Changes left={row.left?.output} right={row.right?.output} /></td>
  </tr>
);

function Values({ title, left, right }: { title: string; left: unknown; right: unknown }) {
  return (
    <section className="card">
      <header className="card-head"><h2>{title}</h2></header>
      <div className="pad"><Changes left={left} right={right} /></div>
    </section>
  );
}

const text = (value: Json | undefined): string => (value === undefined ? "nothing" : JSON.stringify(value));
const MOST = 30;

function Changes({ left, right }: { left: unknown; right: unknown }) {
  const found = differences(left as Json | undefined, right as Json | undefined, "", MOST);
  if (found.length === 0) return <span className="muted">the same</span>;
  return (
    <ul className="changes">
      {found.map(({ path, before, after }) => (
        <li key={path}>{path !== "" && <code>{path.slice(1).replaceAll("/", ".")}</code>} <del>{text(before)}</del> <ins>{text(after)}</ins></li>
      ))}
      {found.length === MOST && <li className="muted">… and more</li>}
    </ul>
  );
}
