/** The chosen step: its settings, and what it gave last. */

import { Ban, Copy, CopyPlus, FlaskConical, MoreHorizontal, Pin, PinOff, Play, Trash2 } from "lucide-react";
import { DropdownMenu, Tabs } from "radix-ui";
import { useState, type ReactNode } from "react";

import { KindIcon } from "../drawing/KindIcon";
import { isFields, kindOf, type Definition, type Fields, type Json, type Step } from "../graph/definition";
import { renameStep, setField } from "../graph/edit";
import { titleOf } from "../graph/layout";
import { sentence } from "../graph/overlay";
import { ValueCard } from "../values/Tree";
import { useReadOnly } from "./editing";
import { Choice, TextField, Tick } from "./fields";
import { KindFields, type Put } from "./KindFields";
import { ReachContext, useReachAt, type Samples } from "./reach";
import type { Finding } from "./useDraft";
import { ValueField } from "./ValueField";

export interface StepActions {
  copy: () => void;
  duplicate: () => void;
  remove: () => void;
  runUpTo: (id: string) => void;
  runOnly: (id: string) => void;
}

interface Props {
  definition: Definition;
  pointer: string;
  step: Step;
  findings: Finding[];
  samples: Samples;
  actions: StepActions;
  onChange: (definition: Definition, about?: string) => void;
}

export function Inspector({ definition, pointer, step, findings, samples, actions, onChange }: Props) {
  const [tab, setTab] = useState("settings");
  const put: Put = (fields) => onChange(setField(definition, pointer, fields), `${pointer} ${Object.keys(fields).join()}`);
  const own = findings.filter((found) => found.pointer === pointer || (found.pointer.startsWith(`${pointer}/`) && !/\/(steps|otherwise|finally)\/\d+|\/parallel\/[^/]+\/\d+/.test(found.pointer.slice(pointer.length))));
  const reach = useReachAt(definition, pointer, samples);
  const id = typeof step["id"] === "string" ? step["id"] : undefined;
  return (
    <aside className="inspector" aria-label="Step">
      <header>
        <KindIcon step={step} />
        <div className="grow"><h2>{titleOf(step)}</h2><span className="muted small">{id === undefined ? kindOf(step) : <code>${id}</code>}</span></div>
        <StepMenu step={step} id={id} actions={actions} put={put} />
      </header>
      <Tabs.Root value={tab} onValueChange={setTab} className="inspector-tabs">
        <Tabs.List className="tabs" aria-label="About the step">
          <Tabs.Trigger value="settings">Settings</Tabs.Trigger>
          <Tabs.Trigger value="result">Result</Tabs.Trigger>
        </Tabs.List>
        <Tabs.Content value="settings" className="inspector-part" tabIndex={-1}>
          {own.filter((found) => found.severity !== "note").map((found) => (
            <p key={found.pointer + found.detail} className={found.severity === "error" ? "banner" : "banner warn"}>{sentence(found)}</p>
          ))}
          <ReachContext value={reach}>
            <TextField label="Name" value={textOf(step, "name")} placeholder={titleOf({ ...step, name: "" })} onChange={(name) => put({ name: name === "" ? undefined : name })} />
            <KindFields key={pointer} step={step} put={put} />
            <MoreFields definition={definition} pointer={pointer} samples={samples} step={step} put={put} onRename={(id) => onChange(renameStep(definition, pointer, id))} />
          </ReachContext>
        </Tabs.Content>
        <Tabs.Content value="result" className="inspector-part" tabIndex={-1}><Result step={step} id={id} samples={samples} put={put} /></Tabs.Content>
      </Tabs.Root>
    </aside>
  );
}

const textOf = (step: Step, name: string): string => (typeof step[name] === "string" ? step[name] : "");

function StepMenu({ step, id, actions, put }: { step: Step; id: string | undefined; actions: StepActions; put: Put }) {
  const readOnly = useReadOnly();
  if (readOnly) return null;
  const disabled = step["disabled"] === true;
  const item = (icon: ReactNode, label: string, act: () => void, key = "", danger = false): ReactNode => (
    <DropdownMenu.Item className={danger ? "danger" : ""} onSelect={act}>{icon} {label} {key !== "" && <kbd>{key}</kbd>}</DropdownMenu.Item>
  );
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger className="button quiet icon" aria-label="What to do with the step"><MoreHorizontal size={17} /></DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={4}>
          {id !== undefined && item(<Play size={15} aria-hidden />, "Test up to here", () => actions.runUpTo(id))}
          {id !== undefined && item(<FlaskConical size={15} aria-hidden />, "Test this step alone", () => actions.runOnly(id))}
          {item(<Copy size={15} aria-hidden />, "Copy", actions.copy, "Ctrl C")}
          {item(<CopyPlus size={15} aria-hidden />, "Duplicate", actions.duplicate, "Ctrl D")}
          {item(<Ban size={15} aria-hidden />, disabled ? "Turn on" : "Turn off", () => put({ disabled: disabled ? undefined : true }))}
          {item(<Trash2 size={15} aria-hidden />, "Remove", actions.remove, "Del", true)}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

/** What the step gave last, or would; pinned, it stands in for its work in test runs. */
function Result({ step, id, samples, put }: { step: Step; id: string | undefined; samples: Samples; put: Put }) {
  const readOnly = useReadOnly();
  const sample = id === undefined ? undefined : samples.steps[id];
  const pinned = step["pin"] !== undefined;
  if (id === undefined) return <p className="muted">A step needs an id for its value to be used. Give it one under “More options”.</p>;
  return (
    <>
      <ValueCard title={pinned ? "Pinned" : "Value"} value={sample} empty="It has not run yet. Test the workflow, and what the step gives appears here." />
      {sample !== undefined && <p className="muted small">{pinned ? "Test runs use this value instead of running the step." : `This is ${samples.source}.`}</p>}
      {!readOnly && sample !== undefined && (
        <button type="button" className="button" onClick={() => put({ pin: pinned ? undefined : sample })}>
          {pinned ? <><PinOff size={15} aria-hidden /> Unpin</> : <><Pin size={15} aria-hidden /> Pin this value for test runs</>}
        </button>
      )}
      {pinned && <ValueField label="Pinned value" tall value={step["pin"]} onChange={(pin) => put({ pin })} />}
    </>
  );
}

interface MoreProps {
  definition: Definition;
  pointer: string;
  samples: Samples;
  step: Step;
  put: Put;
  onRename: (id: string) => void;
}

/** Seldom needed: made when it is first opened, as editors take time to make. */
function MoreFields(props: MoreProps) {
  const [opened, setOpened] = useState(false);
  return (
    <details className="more" onToggle={(event) => setOpened(opened || event.currentTarget.open)}>
      <summary>More options</summary>
      {opened && <Options {...props} />}
    </details>
  );
}

function Options({ definition, pointer, samples, step, put, onRename }: MoreProps) {
  const reshaping = useReachAt(definition, pointer, samples, "output");
  const kind = kindOf(step);
  return (
    <div>
      <TextField label="Id" mono late value={textOf(step, "id")} hint="Expressions call the result by it, and follow its changes" onChange={(id) => (id === "" ? put({ id: undefined }) : onRename(id))} />
      <ValueField label="Only when" value={step["when"]} hint="Skipped where this does not hold" onChange={(when) => put({ when })} />
      {kind === "use" && <FailureFields step={step} put={put} />}
      {kind !== "set" && kind !== "wait" && kind !== "stop" && (
        <ReachContext value={reshaping}>
          <ValueField label="Reshape the result" value={step["output"]} hint="What the step gives instead; it sees $result" onChange={(output) => put({ output })} />
        </ReachContext>
      )}
      <TextField label="Note" lines={3} value={textOf(step, "note")} onChange={(note) => put({ note: note === "" ? undefined : note })} />
      <Tick label="Turned off" value={step["disabled"] === true} onChange={(off) => put({ disabled: off ? true : undefined })} />
    </div>
  );
}

function FailureFields({ step, put }: { step: Step; put: Put }) {
  const retry = isFields(step["retry"]) ? step["retry"] : undefined;
  const chosen = step["on_error"] === "continue" ? "continue" : isFields(step["on_error"]) ? "steps" : "fail";
  const handler = (kind: string): Json | undefined =>
    kind === "fail" ? undefined : kind === "continue" ? "continue" : ({ steps: [{ set: "", id: `${textOf(step, "id") || "step"}_failed` }] } as Fields);
  return (
    <>
      <TextField label="Time limit" value={String(step["timeout"] ?? "")} hint="30s, 5m, 2h, 3d" onChange={(timeout) => put({ timeout: timeout === "" ? undefined : timeout })} />
      <TextField label="Tries after a failure" value={String(retry?.["attempts"] ?? "")} placeholder="0" onChange={(text) => put({ retry: text === "" ? undefined : { interval: "2s", backoff: 2, ...retry, attempts: Number(text) } })} />
      <Choice label="When it fails for good" value={chosen} options={[["fail", "fail the workflow"], ["continue", "go on without a result"], ["steps", "run other steps"]]} onChange={(kind) => put({ on_error: handler(kind) })} />
    </>
  );
}
