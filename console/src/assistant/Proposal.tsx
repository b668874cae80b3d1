/** What the assistant proposes, and how far it was proven. */

import { useNavigate } from "@tanstack/react-router";
import { CircleCheck, CircleDashed, CircleX, MessageCircleQuestion } from "lucide-react";

import { api, type Schemas } from "../api/client";
import { useCan } from "../api/account";
import { useAct } from "../api/use";
import { Section } from "../ui/page";
import { Complaint } from "../ui/parts";
import { Preview } from "../ui/Preview";

type Proposal = NonNullable<Schemas["AiTask"]["proposal"]>;

const STAGES = [["parsed", "Read"], ["checked", "Checked"], ["compiled", "Compiled"], ["simulated", "Tried out"]] as const;

/** What the assistant is doing. */
export function Progress({ steps }: { steps: readonly Schemas["Progress"][] }) {
  const last = steps.at(-1);
  return (
    <section className="card panel" aria-label="Progress" aria-live="polite">
      <div className="progress unknown"><i /></div>
      <p>{last === undefined ? "Asking the model …" : `${last.stage.replaceAll("_", " ")}: ${last.detail}`}</p>
      {steps.length > 1 && <ol className="muted small" style={{ margin: 0 }}>{steps.slice(0, -1).map((step) => <li key={step.at + step.stage}>{step.stage.replaceAll("_", " ")}: {step.detail}</li>)}</ol>}
    </section>
  );
}

export function ProposalView({ proposal }: { proposal: Proposal }) {
  const can = useCan();
  const navigate = useNavigate();
  const keep = useAct(() => api.POST("/v1/workflows", { body: { definition: proposal.definition, tags: [] } }), {
    touches: [["workflows"]], done: ({ id }) => navigate({ to: "/workflows/$workflowId", params: { workflowId: id } }),
  });
  return (
    <Section title="The draft" actions={can("workflows:write") && <button type="button" className="button primary" disabled={keep.isPending} onClick={() => keep.mutate()}>Make the workflow</button>}>
      <Complaint error={keep.error} />
      <div className="chips">
        {STAGES.map(([name, label]) => {
          const passed = proposal.stages[name] === true;
          return <span key={name} className={`chip ${passed ? "good" : "bad"}`}>{passed ? <CircleCheck size={13} aria-hidden /> : <CircleX size={13} aria-hidden />} {label}{!passed && ": no"}</span>;
        })}
        {proposal.repairs > 0 && <span className="chip"><CircleDashed size={13} aria-hidden /> mended {proposal.repairs} {proposal.repairs === 1 ? "time" : "times"}</span>}
      </div>
      <Preview definition={proposal.definition} label="Drawing of the draft" />
      {proposal.findings.length > 0 && <List title="Problems" items={proposal.findings.map(({ pointer, detail }) => [pointer, detail])} />}
      {proposal.questions.length > 0 && (
        <div className="banner warn"><MessageCircleQuestion size={16} aria-hidden /><div><b>Open questions</b><ul>{proposal.questions.map((question) => <li key={question}>{question}</li>)}</ul></div></div>
      )}
      {proposal.assumptions.length > 0 && <List title="What was assumed" items={proposal.assumptions.map((each) => ["", each])} />}
      {proposal.evidence.length > 0 && <List title="Which of your words each step comes from" items={proposal.evidence.map(({ step, words }) => [step, `“${words}”`])} />}
      {proposal.simulation != null && (
        <details className="card panel">
          <summary>The trial run {proposal.simulation.status.replaceAll("_", " ")}</summary>
          <pre className="json" tabIndex={0}>{JSON.stringify({ input: proposal.simulation.input, output: proposal.simulation.output, ...(proposal.simulation.error === null ? {} : { error: proposal.simulation.error, cause: proposal.simulation.cause }) }, null, 2)}</pre>
        </details>
      )}
    </Section>
  );
}

const List = ({ title, items }: { title: string; items: readonly (readonly [string, string])[] }) => (
  <section className="card panel" aria-label={title}>
    <h3>{title}</h3>
    <dl className="fact-list">{items.map(([name, text], at) => name === "" ? <div key={at} style={{ display: "block" }}>{text}</div> : <div key={at}><dt><code>{name}</code></dt><dd>{text}</dd></div>)}</dl>
  </section>
);
