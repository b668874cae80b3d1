/** The chosen step, field by field. */

import { Copy, Trash2 } from "lucide-react";

import type { Schemas } from "../api/client";
import { isFields, kindOf, type Definition, type Fields, type Json, type Step } from "../graph/definition";
import { setField } from "../graph/edit";
import { titleOf } from "../graph/layout";
import { useActions } from "./AddStep";
import { Choice, SchemaForm, TextField, ValueField } from "./fields";
import { KindIcon } from "../drawing/KindIcon";

interface Props {
  definition: Definition;
  pointer: string;
  step: Step;
  findings: Schemas["FindingView"][];
  onChange: (definition: Definition) => void;
  onRemove: () => void;
  onCopy: () => void;
}

type Put = (fields: Partial<Fields>) => void;

export function Inspector({ definition, pointer, step, findings, onChange, onRemove, onCopy }: Props) {
  const put: Put = (fields) => onChange(setField(definition, pointer, fields));
  const text = (name: string): string => (typeof step[name] === "string" ? step[name] : "");
  const own = findings.filter((found) => found.pointer === pointer || found.pointer.startsWith(`${pointer}/`));
  return (
    <aside className="inspector" aria-label="Step">
      <header>
        <KindIcon step={step} />
        <h2>{titleOf(step)}</h2>
        <button type="button" className="button quiet icon" aria-label="Copy the step" onClick={onCopy}><Copy size={16} /></button>
        <button type="button" className="button quiet icon danger" aria-label="Remove the step" onClick={onRemove}><Trash2 size={16} /></button>
      </header>
      {own.filter((found) => found.severity !== "note").map((found) => (
        <p key={found.pointer + found.detail} className={found.severity === "error" ? "complaint" : "small muted"}>
          {found.detail} {found.suggestion}
        </p>
      ))}
      <TextField label="Name" value={text("name")} onChange={(name) => put({ name: name === "" ? undefined : name })} />
      <KindFields key={pointer} step={step} put={put} />
      <details>
        <summary>More options</summary>
        <div>
          <TextField label="Id" mono value={text("id")} hint="Expressions call the step's result by it: $id" onChange={(id) => put({ id: id === "" ? undefined : id })} />
          <ValueField label="Only when" value={step["when"]} hint="An expression; skipped where it does not hold" onChange={(when) => put({ when })} />
          {kindOf(step) === "use" && <RetryFields step={step} put={put} />}
          {(kindOf(step) === "use" || kindOf(step) === "for_each" || kindOf(step) === "parallel") && (
            <ValueField label="Result" value={step["output"]} hint="Reshapes what the step gives; it sees $result" onChange={(output) => put({ output })} />
          )}
          <TextField label="Note" lines={3} value={text("note")} onChange={(note) => put({ note: note === "" ? undefined : note })} />
          <label style={{ display: "flex", gap: 8 }}>
            <input type="checkbox" checked={step["disabled"] === true} onChange={(event) => put({ disabled: event.target.checked ? true : undefined })} /> Disabled
          </label>
        </div>
      </details>
    </aside>
  );
}

function RetryFields({ step, put }: { step: Step; put: Put }) {
  const retry = isFields(step["retry"]) ? step["retry"] : undefined;
  return (
    <>
      <TextField label="Time limit" value={String(step["timeout"] ?? "")} hint="30s, 5m, 2h, 3d" onChange={(timeout) => put({ timeout: timeout === "" ? undefined : timeout })} />
      <TextField
        label="Tries after a failure"
        value={String(retry?.["attempts"] ?? "")}
        onChange={(attempts) => put({ retry: attempts === "" ? undefined : { interval: "2s", backoff: 2, ...retry, attempts: Number(attempts) } })}
      />
      <Choice
        label="When it fails for good"
        value={step["on_error"] === "continue" ? "continue" : isFields(step["on_error"]) ? "steps" : "fail"}
        options={[["fail", "fail the workflow"], ["continue", "go on without a result"], ["steps", "run other steps"]]}
        onChange={(chosen) => put({ on_error: chosen === "fail" ? undefined : chosen === "continue" ? "continue" : { steps: [{ set: "", id: `${String(step["id"] ?? "step")}_failed` }] } })}
      />
    </>
  );
}

function KindFields({ step, put }: { step: Step; put: Put }) {
  switch (kindOf(step)) {
    case "use": return <ActionFields step={step} put={put} />;
    case "set": return <ValueField label="Value" lines={6} value={step["set"]} hint="Text, JSON, or an expression: {% $trigger.body.total * 2 %}" onChange={(value) => put({ set: value ?? "" })} />;
    case "choose": return <ChooseFields step={step} put={put} />;
    case "for_each":
      return (
        <>
          <ValueField label="List" required value={step["for_each"]} onChange={(items) => put({ for_each: items ?? [] })} />
          <TextField label="Each element is called" mono value={String(step["as"] ?? "")} onChange={(as) => put({ as })} />
          <TextField label="At once" value={String(step["concurrency"] ?? "")} hint="Rounds that run at the same time; 10 where nothing is said" onChange={(n) => put({ concurrency: n === "" ? undefined : Number(n) })} />
        </>
      );
    case "parallel": return <ParallelFields step={step} put={put} />;
    case "repeat": {
      const rounds = isFields(step["repeat"]) ? step["repeat"] : {};
      const set = (name: string, value: Json | undefined): void => put({ repeat: without({ ...rounds, [name]: value ?? null }) });
      return (
        <>
          <ValueField label="Until" value={rounds["until"]} hint="Asked after each round" onChange={(value) => set("until", value)} />
          <ValueField label="While" value={rounds["while"]} hint="Asked before each round" onChange={(value) => set("while", value)} />
          <TextField label="Rounds at most" value={String(rounds["max"] ?? "")} onChange={(n) => set("max", n === "" ? undefined : Number(n))} />
          <TextField label="Pause between" value={String(rounds["every"] ?? "")} hint="10s, 5m, 1h" onChange={(every) => set("every", every === "" ? undefined : every)} />
        </>
      );
    }
    case "wait": {
      const pause = isFields(step["wait"]) ? step["wait"] : {};
      const kind = "until" in pause ? "until" : "for";
      return (
        <>
          <Choice label="Wait" value={kind} options={[["for", "for some time"], ["until", "until a moment"]]} onChange={(chosen) => put({ wait: chosen === "for" ? { for: "1h" } : { until: "{% $trigger.body.at %}" } })} />
          <ValueField label={kind === "for" ? "How long" : "Until"} value={pause[kind]} hint={kind === "for" ? "30s, 5m, 2h, 3d" : "An expression that gives a time"} onChange={(value) => put({ wait: { [kind]: value ?? "" } })} />
        </>
      );
    }
    case "stop": {
      const ending = isFields(step["stop"]) ? step["stop"] : {};
      const failed = ending["status"] === "failed";
      return (
        <>
          <Choice label="The workflow has" value={String(ending["status"] ?? "succeeded")} options={[["succeeded", "succeeded"], ["failed", "failed"]]} onChange={(status) => put({ stop: { status } })} />
          {failed ? (
            <>
              <ValueField label="Error" value={ending["error"]} onChange={(error) => put({ stop: without({ ...ending, error: error ?? null }) })} />
              <ValueField label="Cause" value={ending["cause"]} onChange={(cause) => put({ stop: without({ ...ending, cause: cause ?? null }) })} />
            </>
          ) : (
            <ValueField label="Output" value={ending["output"]} onChange={(output) => put({ stop: without({ ...ending, output: output ?? null }) })} />
          )}
        </>
      );
    }
    default:
      return <p className="muted small">The steps inside are tried. Failures go to the lane of their error.</p>;
  }
}

/** Fields without those that are null: nothing was said about them. */
const without = (fields: Fields): Fields => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));

function ActionFields({ step, put }: { step: Step; put: Put }) {
  const actions = useActions();
  const action = actions.data?.find((candidate) => candidate.name === step["use"]);
  const inputs = isFields(step["with"]) ? step["with"] : {};
  return (
    <>
      <TextField label="Action" mono value={String(step["use"] ?? "")} options={actions.data?.map((each) => each.name) ?? []} onChange={(use) => put({ use })} />
      {action !== undefined && <SchemaForm schema={action.inputs as Fields} value={inputs} onChange={(changed) => put({ with: changed })} />}
    </>
  );
}

function ChooseFields({ step, put }: { step: Step; put: Put }) {
  const cases = (Array.isArray(step["choose"]) ? step["choose"] : []).filter(isFields);
  const otherwise = cases.find((each) => "otherwise" in each);
  const whens = cases.filter((each) => !("otherwise" in each));
  const store = (changed: Fields[], last: Fields | undefined = otherwise): void => put({ choose: last === undefined ? changed : [...changed, last] });
  return (
    <>
      {whens.map((each, index) => (
        <div key={index} style={{ display: "grid", gap: 4 }}>
          <ValueField label={`Case ${index + 1}`} value={each["when"]} onChange={(when) => store(whens.map((other, i) => (i === index ? { ...other, when: when ?? false } : other)))} />
          {whens.length > 1 && <button type="button" className="button quiet" onClick={() => store(whens.filter((_, i) => i !== index))}>Remove case {index + 1}</button>}
        </div>
      ))}
      <button type="button" className="button" onClick={() => store([...whens, { when: "{% true %}", steps: [{ stop: { status: "succeeded" } }] }])}>Add a case</button>
      {otherwise === undefined && <button type="button" className="button" onClick={() => store(whens, { otherwise: [] })}>Add “otherwise”</button>}
    </>
  );
}

function ParallelFields({ step, put }: { step: Step; put: Put }) {
  const branches = isFields(step["parallel"]) ? step["parallel"] : {};
  const rename = (before: string, after: string): void => {
    if (after === "" || after in branches) return;
    put({ parallel: Object.fromEntries(Object.entries(branches).map(([name, steps]) => [name === before ? after : name, steps])) });
  };
  const free = (): string => Array.from({ length: 100 }, (_, n) => `branch_${n + 1}`).find((name) => !(name in branches)) ?? "branch";
  return (
    <>
      {Object.keys(branches).map((name, index) => (
        <TextField key={name} label={`Branch ${index + 1}`} mono value={name} onChange={(changed) => rename(name, changed)} />
      ))}
      <button type="button" className="button" onClick={() => put({ parallel: { ...branches, [free()]: [{ wait: { for: "1s" } }] } })}>Add a branch</button>
    </>
  );
}
