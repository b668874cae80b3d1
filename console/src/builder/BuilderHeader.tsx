/** The builder's head: the name, how saving stands, the views, and what one does with the workflow. */

import { Link } from "@tanstack/react-router";
import { Activity, ArrowLeft, Eye, FlaskConical, Keyboard, Play, Redo2, Rocket, Undo2 } from "lucide-react";
import { Tabs } from "radix-ui";
import { useEffect, useState } from "react";

import type { DialogName } from "./dialogs";
import { useReadOnly } from "./editing";
import type { Draft, Workflow } from "./useDraft";

interface Props {
  workflow: Workflow;
  draft: Draft;
  mayRun: boolean;
  onDialog: (name: DialogName) => void;
  onTest: () => void;
}

const VIEWS: [string, string][] = [["drawing", "Drawing"], ["yaml", "YAML"], ["machine", "State machine"], ["versions", "Versions"]];

export function BuilderHeader({ workflow, draft, mayRun, onDialog, onTest }: Props) {
  const readOnly = useReadOnly();
  return (
    <header className="studio-head">
      <Link to="/workflows" className="button quiet icon" aria-label="All workflows"><ArrowLeft size={17} /></Link>
      <NameField name={draft.definition.name} onChange={(name) => draft.set({ ...draft.definition, name })} />
      {workflow.version !== null && <span className="chip good">live · v{workflow.version}</span>}
      {readOnly ? <span className="chip" role="status"><Eye size={12} aria-hidden /> view only</span> : <Saving draft={draft} />}
      <span className="grow" />
      <Tabs.List className="tabs" aria-label="View">{VIEWS.map(([value, title]) => <Tabs.Trigger key={value} value={value}>{title}</Tabs.Trigger>)}</Tabs.List>
      <span className="grow" />
      {!readOnly && (
        <>
          <button type="button" className="button quiet icon" aria-label="Undo" title="Undo (Ctrl Z)" disabled={!draft.canUndo} onClick={draft.undo}><Undo2 size={17} /></button>
          <button type="button" className="button quiet icon" aria-label="Redo" title="Redo (Ctrl Shift Z)" disabled={!draft.canRedo} onClick={draft.redo}><Redo2 size={17} /></button>
        </>
      )}
      <button type="button" className="button quiet icon optional" aria-label="Keyboard" title="Keyboard (?)" onClick={() => onDialog("keys")}><Keyboard size={17} /></button>
      <Link to="/executions" search={{ workflow: workflow.id }} className="button quiet icon" aria-label="Executions of this workflow" title="Executions of this workflow"><Activity size={17} /></Link>
      <span className="rule" aria-hidden />
      {!readOnly && mayRun && <button type="button" className="button" onClick={onTest}><FlaskConical size={15} aria-hidden /> Test</button>}
      {mayRun && <button type="button" className="button" disabled={workflow.version === null} title={workflow.version === null ? "Publish it first" : ""} onClick={() => onDialog("run")}><Play size={15} aria-hidden /> Run</button>}
      {!readOnly && <button type="button" className="button primary" onClick={() => onDialog("publish")}><Rocket size={15} aria-hidden /> Publish</button>}
    </header>
  );
}

function NameField({ name, onChange }: { name: string; onChange: (name: string) => void }) {
  const [text, setText] = useState(name);
  useEffect(() => setText(name), [name]);
  return <input className="name" aria-label="Workflow name" value={text} readOnly={useReadOnly()} onChange={(event) => setText(event.target.value)} onBlur={() => (text.trim() === "" ? setText(name) : text.trim() !== name && onChange(text.trim()))} />;
}

const SAID = { saved: "saved", saving: "saving…", "not saved": "not saved", conflict: "changed elsewhere" };

function Saving({ draft }: { draft: Draft }) {
  const bad = draft.saving === "not saved" || draft.saving === "conflict";
  return <span className={`chip saving ${bad ? "bad" : ""}`} role="status">{SAID[draft.saving]}</span>;
}
