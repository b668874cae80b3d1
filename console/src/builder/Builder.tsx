/** The builder: draw, read as YAML, look at the state machine, try, compare, publish, run. */

import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { Tabs } from "radix-ui";
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from "react";

import { useAccount, useCan } from "../api/account";
import { api, ok } from "../api/client";
import { Canvas } from "../drawing/Canvas";
import "../drawing/workbench.css";
import { isFields } from "../graph/definition";
import { layered, problemsOf } from "../graph/overlay";
import { Complaint, Dialog } from "../ui/parts";
import "./builder.css";
import { BuilderHeader } from "./BuilderHeader";
import { Catalogue } from "./Catalogue";
import { ConflictDialog } from "./ConflictDialog";
import type { DialogName } from "./dialogs";
import { Dock, type DockTab } from "./Dock";
import { ReadOnlyContext } from "./editing";
import { Inspector } from "./Inspector";
import { PublishDialog } from "./PublishDialog";
import { useSamples } from "./reach";
import { RunDialog } from "./RunDialog";
import { lastInput } from "./TestPanel";
import { useDraft, type Workflow } from "./useDraft";
import { SHORTCUTS, useKeys } from "./useKeys";
import { useSelection } from "./useSelection";
import { useTestRun } from "./useTestRun";
import { WorkflowPanel } from "./WorkflowPanel";

const SourceTab = lazy(() => import("./SourceTab").then((found) => ({ default: found.SourceTab })));
const MachineTab = lazy(() => import("./SourceTab").then((found) => ({ default: found.MachineTab })));
const Versions = lazy(() => import("./Versions").then((found) => ({ default: found.Versions })));

export function BuilderPage() {
  const { workflowId } = useParams({ from: "/inside/workflows/$workflowId" });
  const account = useAccount();
  const found = useQuery({
    queryKey: ["workflow", workflowId],
    queryFn: () => ok(api.GET("/v1/workflows/{workflow_id}", { params: { path: { workflow_id: workflowId } } })),
    staleTime: Infinity,
  });
  if (found.data === undefined || account.data === undefined) {
    const error = found.error ?? account.error;
    return error === null ? <div className="loading" role="status">Loading the workflow…</div> : <div className="inner"><Complaint error={error} /></div>;
  }
  return <Builder key={workflowId} workflow={found.data} />;
}

function Builder({ workflow }: { workflow: Workflow }) {
  const can = useCan();
  const readOnly = !can("workflows:write");
  const draft = useDraft(workflow);
  const { definition, set } = draft;
  const imported = isFields(definition["asl"]);
  const locked = imported || readOnly;
  const selection = useSelection(draft, locked);
  const { selected, setSelected, setAdding, move, chosen } = selection;
  const { settle } = draft;
  useEffect(settle, [selected, settle]);
  const test = useTestRun(workflow, draft);
  const samples = useSamples(workflow.id, definition, test.sample);
  const [dialog, setDialog] = useState<DialogName | null>(null);
  const [tab, setTab] = useState("drawing");
  const [dock, setDock] = useState<DockTab>(null);
  const findings = useMemo(() => draft.checks?.findings ?? [], [draft.checks]);
  const states = useMemo(() => layered(problemsOf(findings), test.states), [findings, test.states]);
  const add = useCallback((lane: string, index: number) => setAdding({ lane, index }), [setAdding]);
  const open = (pointer: string): void => {
    setTab("drawing");
    setSelected(pointer === "" ? null : pointer);
  };
  const tryOut = (part: { until?: string; only?: string } = {}): void => {
    if (readOnly) return;
    setTab("drawing");
    setDock("test");
    test.start(part.only === undefined ? { input: lastInput(workflow.id, definition["input"]), ...part } : { ...part, values: samples.steps, input: samples.trigger["body"] ?? null });
  };
  useKeys(tab === "drawing" && dialog === null, definition, selected, {
    ...selection, select: setSelected, move: selection.shift, undo: draft.undo, redo: draft.redo, save: () => void draft.save(), test: () => tryOut(), help: () => setDialog("keys"),
    open: () => document.querySelector<HTMLElement>(".inspector input, .inspector [contenteditable]")?.focus(),
  });
  return (
    <ReadOnlyContext value={readOnly}>
      <Tabs.Root className="studio" value={tab} onValueChange={setTab}>
        <BuilderHeader workflow={workflow} draft={draft} mayRun={can("executions:run")} onDialog={setDialog} onTest={() => setDock("test")} />
        <Tabs.Content value="drawing" className="workbench" tabIndex={-1}>
          <div className="drawing">
            <Canvas definition={definition} selected={selected} states={states} onSelect={setSelected} {...(locked ? {} : { onAdd: add, onMove: move })} />
          </div>
          {imported && chosen !== undefined ? (
            <aside className="inspector" aria-label="State"><pre tabIndex={0} aria-label="Definition of the state">{JSON.stringify(chosen, null, 2)}</pre></aside>
          ) : chosen !== undefined && selected !== null ? (
            <Inspector
              key={String(chosen["id"] ?? selected)} definition={definition} pointer={selected} step={chosen} findings={findings} samples={samples} onChange={set}
              actions={{ copy: () => void navigator.clipboard.writeText(selection.copy() ?? ""), duplicate: selection.duplicate, remove: selection.remove, runUpTo: (until) => tryOut({ until }), runOnly: (only) => tryOut({ only }) }}
            />
          ) : <WorkflowPanel definition={definition} workflow={workflow} checks={draft.checks} samples={samples} onChange={set} />}
        </Tabs.Content>
        <Tabs.Content value="yaml" className="workbench wide" tabIndex={-1}><Suspense><SourceTab text={draft.text} findings={findings} onChange={(next, written) => set(next, "yaml", written)} /></Suspense></Tabs.Content>
        <Tabs.Content value="machine" className="workbench wide" tabIndex={-1}><Suspense><MachineTab asl={draft.checks?.asl} /></Suspense></Tabs.Content>
        <Tabs.Content value="versions" className="workbench wide" tabIndex={-1}><Suspense><Versions workflow={workflow} draft={draft} onDraft={(restored) => { set(restored); setTab("drawing"); }} /></Suspense></Tabs.Content>
        {tab !== "versions" && <Dock workflow={workflow} draft={draft} findings={findings} test={test} tab={dock} onTab={setDock} onOpen={open} mayRun={!readOnly && can("executions:run")} />}
        {selection.adding !== null && <Catalogue definition={definition} onClose={() => setAdding(null)} onPick={(step) => selection.insert(selection.adding!, [step])} />}
        <ConflictDialog draft={draft} />
        {dialog === "publish" && <PublishDialog workflow={workflow} draft={draft} onClose={() => setDialog(null)} />}
        {dialog === "run" && <RunDialog workflow={workflow} onClose={() => setDialog(null)} />}
        {dialog === "keys" && <Shortcuts onClose={() => setDialog(null)} />}
      </Tabs.Root>
    </ReadOnlyContext>
  );
}

const Shortcuts = ({ onClose }: { onClose: () => void }) => (
  <Dialog title="Keyboard" open onClose={onClose}>
    <dl className="shortcuts">{SHORTCUTS.map(([keys, does]) => <div key={keys}><dt><kbd>{keys}</kbd></dt><dd>{does}</dd></div>)}</dl>
  </Dialog>
);
