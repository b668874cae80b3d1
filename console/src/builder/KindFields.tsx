/** What each kind of step has of its own. */

import { Link } from "@tanstack/react-router";
import { Plus, X } from "lucide-react";

import { isFields, kindOf, type Fields, type Json, type Step } from "../graph/definition";
import { useReadOnly } from "./editing";
import { Choice, isRows, RowsField, TextField } from "./fields";
import { SchemaForm } from "./SchemaForm";
import { useAction, useActions, useConnections } from "./useActions";
import { ValueField } from "./ValueField";

export type Put = (fields: Partial<Fields>) => void;

interface Props {
  step: Step;
  put: Put;
}

export function KindFields({ step, put }: Props) {
  switch (kindOf(step)) {
    case "use": return <ActionFields step={step} put={put} />;
    case "set": return <SetFields step={step} put={put} />;
    case "choose": return <ChooseFields step={step} put={put} />;
    case "for_each": return <EachFields step={step} put={put} />;
    case "parallel": return <ParallelFields step={step} put={put} />;
    case "repeat": return <RepeatFields step={step} put={put} />;
    case "wait": return <WaitFields step={step} put={put} />;
    case "stop": return <StopFields step={step} put={put} />;
    default: return <p className="muted">The steps inside are tried. A failure goes to the lane that names its error.</p>;
  }
}

/** Fields without those that are null: nothing was said about them. */
const without = (fields: Fields): Fields => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
const count = (text: string): number | undefined => (text.trim() === "" || Number.isNaN(Number(text)) ? undefined : Number(text));

function SetFields({ step, put }: Props) {
  const value = step["set"];
  const rows = isRows(value);
  return (
    <>
      <Choice label="What it gives" value={rows ? "fields" : "value"} options={[["value", "one value"], ["fields", "several fields"]]} onChange={(shape) => put({ set: shape === "fields" ? (value === "" || value === undefined ? { field: "" } : { value: value ?? "" }) : (isFields(value) ? Object.values(value)[0] ?? "" : "") })} />
      {rows ? <RowsField label="Fields" value={value} onChange={(set) => put({ set })} /> : <ValueField label="Value" tall value={value} hint="Text, JSON, or an expression. Type {% or pick data of earlier steps." onChange={(set) => put({ set: set ?? "" })} />}
    </>
  );
}

const EachFields = ({ step, put }: Props) => (
  <>
    <ValueField label="List" required value={step["for_each"]} hint="The list whose elements are gone through" onChange={(items) => put({ for_each: items ?? [] })} />
    <TextField label="Each element is called" mono late value={String(step["as"] ?? "")} onChange={(as) => put({ as })} />
    <TextField label="At once" value={String(step["concurrency"] ?? "")} placeholder="10" hint="Rounds that run at the same time" onChange={(text) => put({ concurrency: count(text) })} />
  </>
);

function RepeatFields({ step, put }: Props) {
  const rounds = isFields(step["repeat"]) ? step["repeat"] : {};
  const set = (name: string, value: Json | undefined): void => put({ repeat: without({ ...rounds, [name]: value ?? null }) });
  return (
    <>
      <ValueField label="Until" value={rounds["until"]} hint="Asked after each round" onChange={(value) => set("until", value)} />
      <ValueField label="While" value={rounds["while"]} hint="Asked before each round" onChange={(value) => set("while", value)} />
      <TextField label="Rounds at most" value={String(rounds["max"] ?? "")} placeholder="100" onChange={(text) => set("max", count(text))} />
      <TextField label="Pause between" value={String(rounds["every"] ?? "")} hint="10s, 5m, 1h" onChange={(every) => set("every", every === "" ? undefined : every)} />
    </>
  );
}

function WaitFields({ step, put }: Props) {
  const pause = isFields(step["wait"]) ? step["wait"] : {};
  const kind = "until" in pause ? "until" : "for";
  return (
    <>
      <Choice label="Wait" value={kind} options={[["for", "for some time"], ["until", "until a moment"]]} onChange={(chosen) => put({ wait: chosen === "for" ? { for: "1h" } : { until: "{% $trigger.body.at %}" } })} />
      <ValueField key={kind} label={kind === "for" ? "How long" : "Until"} value={pause[kind]} hint={kind === "for" ? "30s, 5m, 2h, 3d" : "An expression that gives a time"} onChange={(value) => put({ wait: { [kind]: value ?? "" } })} />
    </>
  );
}

function StopFields({ step, put }: Props) {
  const ending = isFields(step["stop"]) ? step["stop"] : {};
  const set = (name: string, value: Json | undefined): void => put({ stop: without({ ...ending, [name]: value ?? null }) });
  return (
    <>
      <Choice label="The workflow has" value={String(ending["status"] ?? "succeeded")} options={[["succeeded", "succeeded"], ["failed", "failed"]]} onChange={(status) => put({ stop: { status } })} />
      {ending["status"] === "failed" ? (
        <>
          <ValueField label="Error" value={ending["error"]} hint="A name, such as Order.Rejected" onChange={(value) => set("error", value)} />
          <ValueField label="Cause" value={ending["cause"]} hint="A sentence for people" onChange={(value) => set("cause", value)} />
        </>
      ) : <ValueField label="Output" value={ending["output"]} onChange={(value) => set("output", value)} />}
    </>
  );
}

export function ActionFields({ step, put }: Props) {
  const name = String(step["use"] ?? "");
  const { actions } = useActions();
  const action = useAction(name);
  const inputs = isFields(step["with"]) ? step["with"] : {};
  const connectable = /^(http|graphql|db|ai)\./.test(name) || !actions.some((each) => each.name === name);
  return (
    <>
      <TextField label="Action" mono late value={name} options={actions.map((each) => each.name)} hint={action?.title} onChange={(use) => put({ use })} />
      {connectable && <ConnectionField step={step} put={put} />}
      {action !== undefined && <SchemaForm key={name} schema={action.inputs as Fields} value={inputs} onChange={(changed) => put({ with: changed })} />}
    </>
  );
}

function ConnectionField({ step, put }: Props) {
  const connections = useConnections();
  const own = typeof step["connection"] === "string" ? step["connection"] : "";
  const listed = connections.data ?? [];
  const options: [string, string][] = listed.map((each) => [each.name, `${each.title || each.name} · ${each.kind.replaceAll("_", " ")}`]);
  if (own !== "" && !listed.some((each) => each.name === own)) options.push([own, `${own} · not there`]);
  return (
    <div>
      <Choice label="Connection" value={own} options={[["", "none"], ...options]} onChange={(chosen) => put({ connection: chosen === "" ? undefined : chosen })} />
      {connections.isSuccess && listed.length === 0 && <span className="muted small">There is no connection yet. <Link to="/connections">Make one</Link>, and choose it here.</span>}
    </div>
  );
}

function ChooseFields({ step, put }: Props) {
  const readOnly = useReadOnly();
  const cases = (Array.isArray(step["choose"]) ? step["choose"] : []).filter(isFields);
  const otherwise = cases.find((each) => "otherwise" in each);
  const whens = cases.filter((each) => !("otherwise" in each));
  const store = (changed: Fields[], last: Fields | undefined = otherwise): void => put({ choose: last === undefined ? changed : [...changed, last] });
  return (
    <>
      <p className="muted small">The first case whose condition holds is taken.</p>
      {whens.map((each, index) => (
        <div key={index} className="case-field">
          <ValueField label={`Case ${index + 1}`} value={each["when"]} onChange={(when) => store(whens.map((other, at) => (at === index ? { ...other, when: when ?? false } : other)))} />
          {whens.length > 1 && !readOnly && <button type="button" className="button quiet icon tiny" aria-label={`Remove case ${index + 1}`} onClick={() => store(whens.filter((_, at) => at !== index))}><X size={14} /></button>}
        </div>
      ))}
      {!readOnly && <button type="button" className="button" onClick={() => store([...whens, { when: "{% true %}", steps: [{ stop: { status: "succeeded" } }] }])}><Plus size={15} aria-hidden /> Add a case</button>}
      {otherwise === undefined && !readOnly && <button type="button" className="button" onClick={() => store(whens, { otherwise: [] })}><Plus size={15} aria-hidden /> Add “otherwise”</button>}
    </>
  );
}

function ParallelFields({ step, put }: Props) {
  const readOnly = useReadOnly();
  const branches = isFields(step["parallel"]) ? step["parallel"] : {};
  const rename = (before: string, after: string): void => {
    if (after === "" || after in branches) return;
    put({ parallel: Object.fromEntries(Object.entries(branches).map(([name, steps]) => [name === before ? after : name, steps])) });
  };
  const free = (): string => Array.from({ length: 100 }, (_, n) => `branch_${n + 1}`).find((name) => !(name in branches)) ?? "branch";
  return (
    <>
      {Object.keys(branches).map((name, index) => <TextField key={index} label={`Branch ${index + 1}`} mono late value={name} onChange={(changed) => rename(name, changed)} />)}
      {!readOnly && <button type="button" className="button" onClick={() => put({ parallel: { ...branches, [free()]: [{ wait: { for: "1s" } }] } })}><Plus size={15} aria-hidden /> Add a branch</button>}
    </>
  );
}
