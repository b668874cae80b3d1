/** What belongs to the workflow as a whole: description, triggers, output, and what a run takes. */

import { Trash2 } from "lucide-react";

import type { Schemas } from "../api/client";
import { isFields, type Definition, type Fields, type Json } from "../graph/definition";
import { Choice, TextField, ValueField } from "./fields";
import type { Workflow } from "./useDraft";

const NEW_TRIGGERS: Record<string, Fields> = {
  webhook: { type: "webhook", method: "POST" },
  schedule: { type: "schedule", cron: "0 9 * * *", timezone: Intl.DateTimeFormat().resolvedOptions().timeZone },
  manual: { type: "manual" },
};

interface Props {
  definition: Definition;
  workflow: Workflow;
  checks: Schemas["Inspection"] | undefined;
  onChange: (definition: Definition) => void;
}

export function WorkflowPanel({ definition, workflow, checks, onChange }: Props) {
  const put = (name: string, value: Json | undefined): void => {
    const { [name]: _, ...rest } = definition;
    onChange((value === undefined ? rest : { ...definition, [name]: value }) as Definition);
  };
  const triggers = (Array.isArray(definition["triggers"]) ? definition["triggers"] : []).filter(isFields);
  const add = (type: string): void => {
    const ids = new Set(triggers.map((trigger) => trigger["id"]));
    const id = Array.from({ length: 100 }, (_, n) => (n === 0 ? type : `${type}_${n + 1}`)).find((wish) => !ids.has(wish)) ?? type;
    put("triggers", [...triggers, { id, ...NEW_TRIGGERS[type] }]);
  };
  return (
    <aside className="inspector" aria-label="Workflow">
      <header><h2>Workflow</h2></header>
      <TextField label="Description" lines={3} value={String(definition["description"] ?? "")} onChange={(text) => put("description", text === "" ? undefined : text)} />
      <h3>What starts it</h3>
      {triggers.map((trigger, index) => (
        <Trigger
          key={String(trigger["id"])}
          trigger={trigger}
          url={workflow.webhooks?.[String(trigger["id"])]}
          onChange={(changed) => put("triggers", changed === undefined ? triggers.filter((_, i) => i !== index) : triggers.map((other, i) => (i === index ? changed : other)))}
        />
      ))}
      <div style={{ display: "flex", gap: 6, flexWrap: "wrap" }}>
        {Object.keys(NEW_TRIGGERS).map((type) => <button type="button" className="button" key={type} onClick={() => add(type)}>+ {type}</button>)}
      </div>
      <ValueField label="Output" value={definition["output"]} hint="What an execution gives: {% $step %}" onChange={(value) => put("output", value)} />
      {checks?.forecast && <Forecast forecast={checks.forecast} />}
    </aside>
  );
}

function Trigger({ trigger, url, onChange }: { trigger: Fields; url: string | undefined; onChange: (changed: Fields | undefined) => void }) {
  const type = String(trigger["type"]);
  return (
    <div className="card" style={{ padding: 12, display: "grid", gap: 10 }}>
      <header>
        <h3 style={{ marginRight: "auto" }}>{type}</h3>
        <button type="button" className="button quiet icon danger" aria-label={`Remove the trigger ${String(trigger["id"])}`} onClick={() => onChange(undefined)}><Trash2 size={15} /></button>
      </header>
      {type === "webhook" && <Choice label="Method" value={String(trigger["method"] ?? "POST")} options={[["POST", "POST"], ["PUT", "PUT"], ["GET", "GET"]]} onChange={(method) => onChange({ ...trigger, method })} />}
      {type === "webhook" && (url === undefined ? <span className="muted small">Its URL appears once the workflow is published.</span> : <code className="small">{url}</code>)}
      {type === "schedule" && <TextField label="Cron" mono value={String(trigger["cron"] ?? "")} onChange={(cron) => onChange({ ...trigger, cron })} />}
      {type === "schedule" && <TextField label="Time zone" value={String(trigger["timezone"] ?? "UTC")} onChange={(timezone) => onChange({ ...trigger, timezone })} />}
    </div>
  );
}

const span = ({ least, most }: { least: number; most: number | null }, form: (n: number) => string): string =>
  most === null ? `${form(least)} +` : least === most ? form(least) : `${form(least)} – ${form(most)}`;

/** What a run takes, as the compiler works it out. */
export function Forecast({ forecast }: { forecast: Schemas["Forecast"] }) {
  const money = new Intl.NumberFormat(undefined, { style: "currency", currency: "USD", maximumFractionDigits: 3 });
  return (
    <div className="forecast" role="group" aria-label="Forecast">
      <div><b>{span(forecast.transitions, String)}</b><span className="muted small">transitions a run</span></div>
      <div><b>{span(forecast.cost, (n) => money.format(n))}</b><span className="muted small">1,000 runs on AWS</span></div>
    </div>
  );
}
