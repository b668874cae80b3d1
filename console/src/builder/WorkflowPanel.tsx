/** What belongs to the workflow as a whole: description, triggers, input, settings, output, and what a run takes. */

import { Plus } from "lucide-react";
import { DropdownMenu } from "radix-ui";

import type { Schemas } from "../api/client";
import { isFields, type Definition, type Fields, type Json } from "../graph/definition";
import { useReadOnly } from "./editing";
import { Choice, TextField } from "./fields";
import { Forecast } from "./Forecast";
import { InputFields } from "./InputFields";
import { plain } from "./parsing";
import { ReachContext, useReachAt, type Samples } from "./reach";
import { NEW_TRIGGERS, Trigger } from "./triggers";
import type { Workflow } from "./useDraft";
import { ValueField } from "./ValueField";

interface Props {
  definition: Definition;
  workflow: Workflow;
  checks: Schemas["Inspection"] | undefined;
  samples: Samples;
  onChange: (definition: Definition, about?: string) => void;
}

export function WorkflowPanel({ definition, workflow, checks, samples, onChange }: Props) {
  const readOnly = useReadOnly();
  const reach = useReachAt(definition, "", samples);
  const put = (name: string, value: Json | undefined): void => {
    const { [name]: _, ...rest } = definition;
    onChange((value === undefined ? rest : { ...definition, [name]: value }) as Definition, `/${name}`);
  };
  const triggers = (Array.isArray(definition["triggers"]) ? definition["triggers"] : []).filter(isFields);
  const change = (index: number, changed: Fields | undefined): void =>
    put("triggers", changed === undefined ? triggers.filter((_, at) => at !== index) : triggers.map((other, at) => (at === index ? changed : other)));
  return (
    <aside className="inspector" aria-label="Workflow">
      <header><div className="grow"><h2>Workflow</h2></div></header>
      <TextField label="Description" lines={3} value={String(definition["description"] ?? "")} placeholder="What is it for?" onChange={(text) => put("description", text === "" ? undefined : text)} />
      <section className="part">
        <h3>What starts it</h3>
        {triggers.length === 0 && <p className="muted small">Nothing yet. People with the right to run it still can.</p>}
        {triggers.map((trigger, index) => <Trigger key={`${index} ${plain(trigger["id"])}`} trigger={trigger} workflow={workflow} findings={about(checks, index)} onChange={(changed) => change(index, changed)} />)}
        {!readOnly && <AddTrigger triggers={triggers} onAdd={(trigger) => put("triggers", [...triggers, trigger])} />}
      </section>
      {!isFields(definition["asl"]) && (
        <>
          <InputFields schema={definition["input"]} onChange={(input) => put("input", input)} />
          <ReachContext value={reach}><ValueField label="Output" value={definition["output"]} hint="What an execution gives" onChange={(value) => put("output", value)} /></ReachContext>
        </>
      )}
      <SettingFields settings={isFields(definition["settings"]) ? definition["settings"] : {}} onChange={(settings) => put("settings", Object.keys(settings).length === 0 ? undefined : settings)} />
      {checks?.forecast && <Forecast forecast={checks.forecast} />}
    </aside>
  );
}

/** What is wrong with a trigger. */
const about = (checks: Schemas["Inspection"] | undefined, index: number): Schemas["FindingView"][] =>
  (checks?.findings ?? []).filter(({ pointer, severity }) => severity !== "note" && (pointer === `/triggers/${index}` || pointer.startsWith(`/triggers/${index}/`)));

function AddTrigger({ triggers, onAdd }: { triggers: Fields[]; onAdd: (trigger: Fields) => void }) {
  const add = (type: string): void => {
    const ids = new Set(triggers.map((trigger) => trigger["id"]));
    const id = Array.from({ length: 100 }, (_, n) => (n === 0 ? type : `${type}_${n + 1}`)).find((wish) => !ids.has(wish)) ?? type;
    onAdd({ id, ...NEW_TRIGGERS[type]!.fields });
  };
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger className="button"><Plus size={15} aria-hidden /> Add a trigger</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="start" sideOffset={4}>
          {Object.entries(NEW_TRIGGERS).map(([type, { title, icon: Icon }]) => <DropdownMenu.Item key={type} onSelect={() => add(type)}><Icon size={15} aria-hidden /> {title}</DropdownMenu.Item>)}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

/** Settings without those that say nothing. */
function SettingFields({ settings, onChange }: { settings: Fields; onChange: (settings: Fields) => void }) {
  const put = (name: string, value: Json | undefined): void => {
    const { [name]: _, ...rest } = settings;
    onChange(value === undefined ? rest : { ...rest, [name]: value });
  };
  const turns = isFields(settings["concurrency"]) ? settings["concurrency"] : {};
  return (
    <details className="more">
      <summary>Settings</summary>
      <div>
        <Choice label="Mode" value={String(settings["mode"] ?? "standard")} options={[["standard", "standard: durable, up to a year"], ["express", "express: five minutes, cheaper"]]} onChange={(mode) => put("mode", mode === "standard" ? undefined : mode)} />
        <TextField label="Time limit" value={String(settings["timeout"] ?? "")} hint="30s, 5m, 2h, 3d" onChange={(text) => put("timeout", text === "" ? undefined : text)} />
        <TextField label="Executions at once" value={String(turns["limit"] ?? "")} placeholder="as many as come" onChange={(text) => put("concurrency", text === "" ? undefined : { when_full: "queue", ...turns, limit: Number(text) })} />
        {turns["limit"] !== undefined && <Choice label="When that many run" value={String(turns["when_full"] ?? "queue")} options={[["queue", "wait for a turn"], ["drop", "drop it"], ["fail", "fail it"]]} onChange={(full) => put("concurrency", { ...turns, when_full: full })} />}
      </div>
    </details>
  );
}
