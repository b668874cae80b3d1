/** One human task: what is asked, the answer, and all that became of it. */

import { Link, useParams } from "@tanstack/react-router";
import { Ban, Check, Hand, UserRoundPlus, Undo2, X } from "lucide-react";
import { useState } from "react";

import { useAccount, useCan } from "../api/account";
import { api } from "../api/client";
import { useAct, useLoad } from "../api/use";
import { Facts } from "../ui/extras";
import { Form, TextArea } from "../ui/forms";
import { Await, Page } from "../ui/page";
import { Complaint, Moment } from "../ui/parts";
import { defaultsOf, type Schema, type Values } from "../ui/schema";
import { SchemaForm } from "../ui/SchemaForm";
import { HandOn } from "./HandOn";
import { History } from "./History";
import { TaskStatus } from "./status";
import type { Task } from "./task";

type Vote = "approved" | "rejected" | "completed";

export function TaskPage() {
  const { taskId } = useParams({ from: "/inside/inbox/$taskId" });
  const found = useLoad(["task", taskId], () => api.GET("/v1/tasks/{task_id}", { params: { path: { task_id: taskId } } }), { every: 8_000 });
  return (
    <Page title={found.data?.title ?? "Task"} back={{ to: "/inbox", label: "Inbox" }} badge={found.data !== undefined && <TaskStatus task={found.data} />}>
      <Await query={found} shape="text">{(task) => <Detail key={task.id} task={task} />}</Await>
    </Page>
  );
}

function Detail({ task }: { task: Task }) {
  const me = useAccount().data;
  const can = useCan();
  const asked = task.people.find((person) => person.user_id === me?.user_id);
  const mine = can("approvals:decide") && asked !== undefined && asked.vote === null && task.status === "open";
  return (
    <div className="split">
      <div className="stack">
        <section className="card panel" aria-label="What is asked">
          {task.body !== "" && <p style={{ whiteSpace: "pre-line" }}>{task.body}</p>}
          {mine ? <Answer task={task} personId={asked.id} /> : <Outcome task={task} vote={asked?.vote ?? null} />}
        </section>
        <History task={task} mayComment={task.status === "open" && ((can("approvals:decide") && asked !== undefined) || can("approvals:manage"))} />
      </div>
      <aside className="stack">
        <section className="card panel">
          <Facts facts={[
            ["Workflow", <Link to="/workflows/$workflowId" params={{ workflowId: task.workflow_id }}>{task.workflow}</Link>],
            ["Execution", <Link to="/executions/$executionId" params={{ executionId: task.execution_id }}>Show it</Link>],
            ["Asked", <Moment at={task.created_at} />],
            task.status === "open" && ["Until", <><Moment at={task.expires_at} /><span className="muted">, then {({ fail: "the step fails", approve: "approved", reject: "rejected" })[task.on_expiry]}</span></>],
            task.decided_at !== null && ["Decided", <Moment at={task.decided_at} />],
            ["Agreement", task.quorum === "any" ? "The first answer counts" : task.quorum === "all" ? "Everybody has to agree" : `${task.required} have to agree`],
          ]} />
        </section>
        <Asked task={task} />
      </aside>
    </div>
  );
}

/** Deciding, claiming, handing on. */
function Answer({ task, personId }: { task: Task; personId: string }) {
  const schema = (task.form ?? {}) as Schema;
  const [values, setValues] = useState<Values>(() => defaultsOf(schema));
  const [comment, setComment] = useState("");
  const [handing, setHanding] = useState(false);
  const path = { params: { path: { task_id: task.id } } };
  const touches = [["task", task.id], ["tasks"]];
  const decide = useAct(
    (decision: Vote) => api.POST("/v1/tasks/{task_id}/decision", { ...path, body: { decision, comment, form: decision === "rejected" ? {} : values } }),
    { touches, says: (after) => (after.status === "open" ? "Your answer is stored. Others have to agree too." : `The task is ${after.status}.`) },
  );
  const claim = useAct((on: boolean) => (on ? api.PUT("/v1/tasks/{task_id}/claim", path) : api.DELETE("/v1/tasks/{task_id}/claim", path)), { touches });
  const elsewhere = task.claimed_by !== null && task.claimed_by !== personId ? task.people.find((person) => person.id === task.claimed_by) : undefined;
  if (elsewhere !== undefined) return <p className="banner info" role="status">{elsewhere.name || elsewhere.email} is working on this. You can decide once it is released.</p>;
  return (
    <Form label="Your answer" onSubmit={() => decide.mutate(task.kind === "approval" ? "approved" : "completed")}>
      {schema.properties !== undefined && <SchemaForm schema={schema} values={values} onChange={setValues} />}
      <TextArea label="Comment" value={comment} onChange={setComment} maxLength={2000} rows={3} placeholder="Stored with your answer" />
      <Complaint error={decide.error ?? claim.error} />
      <div className="actions">
        <button className="button primary" disabled={decide.isPending}><Check size={16} aria-hidden /> {task.kind === "approval" ? "Approve" : "Done"}</button>
        {task.kind === "approval" && <button type="button" className="button danger" disabled={decide.isPending} onClick={() => decide.mutate("rejected")}><X size={16} aria-hidden /> Reject</button>}
        <span style={{ flex: 1 }} />
        {task.quorum === "any" && (
          <button type="button" className="button quiet" disabled={claim.isPending} onClick={() => claim.mutate(task.claimed_by === null)}>
            {task.claimed_by === null ? <><Hand size={15} aria-hidden /> Claim</> : <><Undo2 size={15} aria-hidden /> Release</>}
          </button>
        )}
        <button type="button" className="button quiet" onClick={() => setHanding(true)}><UserRoundPlus size={15} aria-hidden /> Hand on</button>
      </div>
      <HandOn task={task} open={handing} onClose={() => setHanding(false)} />
    </Form>
  );
}

function Outcome({ task, vote }: { task: Task; vote: string | null }) {
  if (task.status === "open") {
    return <p className="banner info" role="status">{vote === null ? "This waits for others." : `You have answered: ${vote}. Others have to agree too.`}</p>;
  }
  const tone = { approved: "good", completed: "good", rejected: "", expired: "", cancelled: "info", open: "info" }[task.status];
  return (
    <>
      <p className={`banner ${tone}`} role="status">
        {task.status === "cancelled" && <Ban size={16} aria-hidden />}
        {({ approved: "This was approved.", rejected: "This was rejected.", completed: "This is done.", expired: "Nobody decided in time.", cancelled: "The execution went on or ended without an answer." } as Record<string, string>)[task.status]}
      </p>
      {task.result !== null && Object.keys((task.result["form"] ?? {}) as object).length > 0 && <pre className="json" tabIndex={0}>{JSON.stringify(task.result["form"], null, 2)}</pre>}
    </>
  );
}

function Asked({ task }: { task: Task }) {
  const can = useCan();
  const [changing, setChanging] = useState(false);
  return (
    <section className="card panel" aria-label="Who is asked">
      <header className="actions"><h2 style={{ flex: 1 }}>Who is asked</h2>
        {can("approvals:manage") && task.status === "open" && <button type="button" className="button small-button" onClick={() => setChanging(true)}>Reassign</button>}
      </header>
      <div className="stack" style={{ gap: 10 }}>
        {task.people.map((person) => (
          <div key={person.id} className="actions">
            <span style={{ flex: 1, minWidth: 0, overflowWrap: "anywhere" }}>{person.name || person.email}{person.via !== "asked" && <small className="muted"> · {person.via}</small>}</span>
            {person.vote !== null ? <span className={`chip ${person.vote === "rejected" ? "bad" : "good"}`}>{person.vote}</span> : <span className="chip">{task.claimed_by === person.id ? "claimed" : "asked"}</span>}
          </div>
        ))}
      </div>
      <HandOn task={task} open={changing} onClose={() => setChanging(false)} reassign />
    </section>
  );
}
