/** Published versions, and how they differ from each other, on the drawing. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { History, RotateCcw, Undo2 } from "lucide-react";
import { useMemo, useState } from "react";

import { api, ok, type Schemas } from "../api/client";
import { Canvas } from "../drawing/Canvas";
import type { Definition } from "../graph/definition";
import { merged } from "../graph/difference";
import { Complaint, Moment } from "../ui/parts";
import { useReadOnly } from "./editing";
import type { Draft, Workflow } from "./useDraft";

type Summary = Schemas["VersionSummary"];

interface Props {
  workflow: Workflow;
  draft: Draft;
  onDraft: (definition: Definition) => void;
}

export function Versions({ workflow, draft, onDraft }: Props) {
  const path = { params: { path: { workflow_id: workflow.id } } };
  const found = useQuery({ queryKey: ["versions", workflow.id], queryFn: () => ok(api.GET("/v1/workflows/{workflow_id}/versions", path)) });
  const versions = found.data?.items ?? [];
  const [before, setBefore] = useState("live");
  const [after, setAfter] = useState("draft");
  if (found.isSuccess && versions.length === 0) {
    return (
      <div className="empty">
        <History size={30} aria-hidden />
        <h2>Nothing is published yet</h2>
        <p className="muted">Each time you publish, a version is kept here: to compare, to restore, to go back to.</p>
      </div>
    );
  }
  return (
    <div className="versions">
      <nav className="version-list" aria-label="Versions">
        <Complaint error={found.error} />
        <Entry chosen={after === "draft"} title="Draft" about={draft.saving} onChoose={() => { setAfter("draft"); setBefore("live"); }} />
        {versions.map((version, index) => (
          <Entry
            key={version.version} chosen={after === String(version.version)} title={`Version ${version.version}`} live={version.live} version={version}
            onChoose={() => { setAfter(String(version.version)); setBefore(String(versions[index + 1]?.version ?? version.version)); }}
          />
        ))}
      </nav>
      {versions.length > 0 && <Comparison key={`${before} ${after}`} workflow={workflow} draft={draft} versions={versions} before={before} after={after} onBefore={setBefore} onDraft={onDraft} />}
    </div>
  );
}

interface EntryProps {
  chosen: boolean;
  title: string;
  about?: string;
  live?: boolean;
  version?: Summary;
  onChoose: () => void;
}

const Entry = ({ chosen, title, about, live = false, version, onChoose }: EntryProps) => (
  <button type="button" className="version" aria-pressed={chosen} onClick={onChoose}>
    <span><b>{title}</b> {live && <span className="chip good">live</span>}</span>
    {version?.note !== undefined && version.note !== "" && <span>{version.note}</span>}
    <span className="muted small">{version === undefined ? about : <><Moment at={version.created_at} /></>}</span>
  </button>
);

interface ComparisonProps extends Props {
  versions: Summary[];
  before: string;
  after: string;
  onBefore: (version: string) => void;
}

/** The definition of a version, "live" or "draft". */
function useDefinition(workflow: Workflow, draft: Draft, version: string): { data: Definition | undefined; error: unknown } {
  const found = useQuery({
    queryKey: ["version", workflow.id, version, version === "live" ? workflow.version : null],
    queryFn: () => ok(api.GET("/v1/workflows/{workflow_id}/versions/{version}", { params: { path: { workflow_id: workflow.id, version } } })),
    enabled: version !== "draft",
    staleTime: Infinity,
  });
  return { data: version === "draft" ? draft.definition : (found.data?.definition as unknown as Definition | undefined), error: found.error };
}

function Comparison({ workflow, draft, versions, before, after, onBefore, onDraft }: ComparisonProps) {
  const [selected, setSelected] = useState<string | null>(null);
  const [older, newer] = [useDefinition(workflow, draft, before), useDefinition(workflow, draft, after)];
  const saved = draft.saving === "saved";
  const difference = useQuery({
    queryKey: ["difference", workflow.id, before, after, draft.text],
    queryFn: () => ok(api.GET("/v1/workflows/{workflow_id}/diff", { params: { path: { workflow_id: workflow.id }, query: { before, after } } })),
    enabled: after !== "draft" || saved,
  });
  const both = useMemo(() => {
    if (older.data === undefined || newer.data === undefined || difference.data === undefined) return undefined;
    return merged(older.data, newer.data, difference.data.steps);
  }, [older.data, newer.data, difference.data]);
  return (
    <>
      <div className="version-drawing">
        {both !== undefined && <Canvas definition={both.definition} states={both.marks} selected={selected} onSelect={setSelected} />}
        {!saved && after === "draft" && <p className="muted pad" role="status">The draft is being saved…</p>}
      </div>
      <aside className="inspector" aria-label="Differences">
        <header><div className="grow"><h2>{after === "draft" ? "Draft" : `Version ${after}`}</h2></div></header>
        <label className="field">
          <span>Compared with</span>
          <select value={before} onChange={(event) => onBefore(event.target.value)}>
            <option value="live">the live version</option>
            {versions.map(({ version }) => <option key={version} value={String(version)}>version {version}</option>)}
          </select>
        </label>
        <Complaint error={older.error ?? newer.error ?? difference.error} />
        <VersionActions workflow={workflow} after={after} version={versions.find(({ version }) => String(version) === after)} definition={newer.data} onDraft={onDraft} />
        {difference.data !== undefined && <Differences difference={difference.data} />}
      </aside>
    </>
  );
}

function VersionActions({ workflow, after, version, definition, onDraft }: { workflow: Workflow; after: string; version: Summary | undefined; definition: Definition | undefined; onDraft: (definition: Definition) => void }) {
  const queries = useQueryClient();
  const readOnly = useReadOnly();
  const back = useMutation({
    mutationFn: () => ok(api.POST("/v1/workflows/{workflow_id}/rollback", { params: { path: { workflow_id: workflow.id } }, body: { version: Number(after) } })),
    onSuccess: async (changed) => {
      queries.setQueryData(["workflow", workflow.id], changed);
      await queries.invalidateQueries({ queryKey: ["versions", workflow.id] });
    },
  });
  if (readOnly || version === undefined) return null;
  return (
    <div className="stack">
      {!version.live && <button type="button" className="button" disabled={back.isPending} onClick={() => back.mutate()}><RotateCcw size={15} aria-hidden /> Make version {after} live</button>}
      {definition !== undefined && <button type="button" className="button" onClick={() => onDraft(definition)}><Undo2 size={15} aria-hidden /> Take it as the draft</button>}
      <Complaint error={back.error} />
    </div>
  );
}

const text = (value: unknown): string => (value === undefined ? "nothing" : typeof value === "string" ? value : JSON.stringify(value));

function Differences({ difference }: { difference: Schemas["WorkflowsDifference"] }) {
  if (difference.same) return <p className="muted">They say the same.</p>;
  const rows = [
    ...difference.steps.map((step) => ({ key: `${step.step} ${step.before ?? step.after}`, title: step.name, change: step.change, fields: step.fields ?? [] })),
    ...(difference.fields.length === 0 ? [] : [{ key: "workflow", title: "Workflow", change: "changed", fields: difference.fields }]),
  ];
  return (
    <ul className="difference-list">
      {rows.map((row) => (
        <li key={row.key} className={`was-${row.change}`}>
          <b>{row.title}</b> <span className="chip">{row.change.replaceAll("_", " ")}</span>
          {row.fields.map((field) => (
            <div key={field.field} className="changes"><code>{field.field.slice(1)}</code> {field.absent !== "before" && <del>{text(field.before)}</del>} {field.absent !== "after" && <ins>{text(field.after)}</ins>}</div>
          ))}
        </li>
      ))}
    </ul>
  );
}
