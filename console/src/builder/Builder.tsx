/** The builder: draw, read as YAML, look at the state machine, publish, run. */

import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { CircleAlert, Play, Redo2, Rocket, TriangleAlert, Undo2 } from "lucide-react";
import { Tabs } from "radix-ui";
import { useCallback, useEffect, useMemo, useState } from "react";

import { api, ok, type Schemas } from "../api/client";
import { at, isFields, type Step } from "../graph/definition";
import { copyOf, insertStep, moveStep, placeOf, removeStep } from "../graph/edit";
import { Complaint } from "../ui/parts";
import { AddStep } from "./AddStep";
import "./builder.css";
import { Canvas } from "../drawing/Canvas";
import "../drawing/workbench.css";
import { problemsOf } from "../graph/overlay";
import { Inspector } from "./Inspector";
import { PublishDialog } from "./PublishDialog";
import { RunDialog } from "./RunDialog";
import { SourceTab } from "./SourceTab";
import { useDraft, type Draft, type Workflow } from "./useDraft";
import { WorkflowPanel } from "./WorkflowPanel";

export function BuilderPage() {
  const { workflowId } = useParams({ from: "/inside/workflows/$workflowId" });
  const found = useQuery({
    queryKey: ["workflow", workflowId],
    queryFn: () => ok(api.GET("/v1/workflows/{workflow_id}", { params: { path: { workflow_id: workflowId } } })),
    staleTime: Infinity,
  });
  if (found.data === undefined) return <div className="inner"><Complaint error={found.error} /></div>;
  return <Builder key={workflowId} workflow={found.data} />;
}

type Finding = Schemas["FindingView"];

function Builder({ workflow }: { workflow: Workflow }) {
  const draft = useDraft(workflow);
  const [selected, setSelected] = useState<string | null>(null);
  const [adding, setAdding] = useState<{ lane: string; index: number } | null>(null);
  const [dialog, setDialog] = useState<"publish" | "run" | null>(null);
  const [tab, setTab] = useState("drawing");
  const { definition, set } = draft;
  const findings = useMemo(() => draft.checks?.findings ?? [], [draft.checks]);
  const states = useMemo(() => problemsOf(findings), [findings]);
  const imported = isFields(definition["asl"]);
  const chosen = selected === null ? undefined : at(definition, selected);
  const add = useCallback((lane: string, index: number) => setAdding({ lane, index }), []);
  const move = useCallback((pointer: string, lane: string, index: number) => {
    set(moveStep(definition, pointer, lane, index));
    setSelected(null);
  }, [definition, set]);
  const insert = (lane: string, index: number, step: Step): void => {
    set(insertStep(definition, lane, index, step));
    setSelected(`${lane}/${index}`);
    setAdding(null);
  };
  const remove = useCallback(() => {
    if (selected === null || imported) return;
    set(removeStep(definition, selected));
    setSelected(null);
  }, [definition, imported, selected, set]);
  const copy = (): void => {
    if (selected === null || !isFields(chosen)) return;
    const [lane, index] = placeOf(selected);
    insert(lane, index + 1, copyOf(definition, chosen));
  };
  useKeys(draft, remove);
  return (
    <Tabs.Root className="studio" value={tab} onValueChange={setTab}>
      <header className="studio-head">
        <NameField key={definition.name} name={definition.name} onChange={(name) => set({ ...definition, name })} />
        <Saving draft={draft} />
        <button type="button" className="button quiet icon" aria-label="Undo" disabled={!draft.canUndo} onClick={draft.undo}><Undo2 size={17} /></button>
        <button type="button" className="button quiet icon" aria-label="Redo" disabled={!draft.canRedo} onClick={draft.redo}><Redo2 size={17} /></button>
        <Tabs.List className="tabs grow" aria-label="View">
          <Tabs.Trigger value="drawing">Drawing</Tabs.Trigger>
          <Tabs.Trigger value="yaml">YAML</Tabs.Trigger>
          <Tabs.Trigger value="machine">State machine</Tabs.Trigger>
        </Tabs.List>
        <button type="button" className="button" disabled={workflow.version === null} title={workflow.version === null ? "Publish it first" : ""} onClick={() => setDialog("run")}><Play size={15} aria-hidden /> Run</button>
        <button type="button" className="button primary" onClick={() => setDialog("publish")}><Rocket size={15} aria-hidden /> Publish</button>
      </header>
      <Tabs.Content value="drawing" className="workbench" tabIndex={-1}>
        <div className="drawing">
          <Canvas definition={definition} selected={selected} states={states} onSelect={setSelected} {...(imported ? {} : { onAdd: add, onMove: move })} />
        </div>
        {imported && isFields(chosen) ? (
          <aside className="inspector" aria-label="State"><pre className="source" tabIndex={0} aria-label="Definition of the state">{JSON.stringify(chosen, null, 2)}</pre></aside>
        ) : selected !== null && isFields(chosen) ? (
          <Inspector definition={definition} pointer={selected} step={chosen} findings={findings} onChange={set} onRemove={remove} onCopy={copy} />
        ) : (
          <WorkflowPanel definition={definition} workflow={workflow} checks={draft.checks} onChange={set} />
        )}
      </Tabs.Content>
      <Tabs.Content value="yaml" className="workbench wide" tabIndex={-1}><SourceTab text={draft.text} onChange={set} /></Tabs.Content>
      <Tabs.Content value="machine" className="workbench wide" tabIndex={-1}>
        <pre className="source" tabIndex={0} aria-label="State machine">{draft.checks?.asl ? JSON.stringify(draft.checks.asl, null, 2) : "There are errors: nothing to compile yet."}</pre>
      </Tabs.Content>
      <div>
        {draft.error !== null && draft.error !== undefined && <Complaint error={draft.error} />}
        <Problems findings={findings} onOpen={(pointer) => { setTab("drawing"); setSelected(pointer); }} />
      </div>
      <AddStep definition={definition} open={adding !== null} onClose={() => setAdding(null)} onPick={(step) => adding !== null && insert(adding.lane, adding.index, step)} />
      {dialog === "publish" && <PublishDialog workflow={workflow} draft={draft} onClose={() => setDialog(null)} />}
      {dialog === "run" && <RunDialog workflow={workflow} onClose={() => setDialog(null)} />}
    </Tabs.Root>
  );
}

function NameField({ name, onChange }: { name: string; onChange: (name: string) => void }) {
  const [text, setText] = useState(name);
  return <input className="name" aria-label="Workflow name" value={text} onChange={(event) => setText(event.target.value)} onBlur={() => text.trim() !== "" && onChange(text.trim())} />;
}

function Saving({ draft }: { draft: Draft }) {
  const tone = { saved: "good", saving: "", "not saved": "bad" }[draft.saving];
  return <span className={`chip ${tone}`} role="status">{draft.saving === "saving" ? "saving…" : draft.saving}</span>;
}

function Problems({ findings, onOpen }: { findings: Finding[]; onOpen: (pointer: string) => void }) {
  const shown = findings.filter((found) => found.severity !== "note");
  if (shown.length === 0) return null;
  return (
    <div className="problems" role="region" aria-label="Problems">
      {shown.map((found) => {
        const Icon = found.severity === "error" ? CircleAlert : TriangleAlert;
        return (
          <button type="button" key={found.pointer + found.detail} className={found.severity} onClick={() => onOpen(Object.keys(problemsOf([found]))[0] ?? "")}>
            <Icon size={15} aria-hidden /> <code>{found.pointer}</code> <span>{found.detail} {found.suggestion}</span>
          </button>
        );
      })}
    </div>
  );
}

const typing = (target: EventTarget | null): boolean => target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable]") !== null;

function useKeys(draft: Draft, remove: () => void): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (typing(event.target)) return;
      const command = event.ctrlKey || event.metaKey;
      if (command && event.key.toLowerCase() === "z") {
        event.preventDefault();
        if (event.shiftKey) draft.redo();
        else draft.undo();
      } else if (event.key === "Delete" || event.key === "Backspace") remove();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, [draft, remove]);
}
