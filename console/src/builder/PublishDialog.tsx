/** Publishing: what is in the way, what changes, what the workflow will be allowed to do, and its addresses afterwards. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { CircleAlert, CircleCheck, KeyRound } from "lucide-react";
import { useState } from "react";

import { api, ok } from "../api/client";
import { sentence } from "../graph/overlay";
import { Complaint, Dialog } from "../ui/parts";
import { Forecast } from "./Forecast";
import { inWords, resources, type Statement } from "./permissions";
import { useTriggers } from "./Running";
import type { Draft, Workflow } from "./useDraft";

interface Props {
  workflow: Workflow;
  draft: Draft;
  onClose: () => void;
}

export function PublishDialog({ workflow, draft, onClose }: Props) {
  const queries = useQueryClient();
  const [note, setNote] = useState("");
  const publish = useMutation({
    mutationFn: async () => {
      await draft.save();
      return ok(api.POST("/v1/workflows/{workflow_id}/versions", { params: { path: { workflow_id: workflow.id } }, body: { note } }));
    },
    onSuccess: () => Promise.all([["workflow", workflow.id], ["versions", workflow.id], ["triggers", workflow.id], ["apis"]].map((queryKey) => queries.invalidateQueries({ queryKey }))),
  });
  const errors = (draft.checks?.findings ?? []).filter((found) => found.severity === "error");
  if (publish.data !== undefined) return <Published workflow={workflow} version={publish.data.version} onClose={onClose} />;
  return (
    <Dialog title={`Publish version ${(workflow.version ?? 0) + 1}`} open onClose={onClose}>
      {errors.length > 0 && <p className="banner"><CircleAlert size={16} aria-hidden /> <span>{errors.length === 1 ? "One error is" : `${errors.length} errors are`} in the way: {errors[0] !== undefined && sentence(errors[0])}</span></p>}
      {workflow.version !== null && <Changes workflow={workflow} draft={draft} />}
      <Permissions draft={draft} />
      {draft.checks?.forecast && <Forecast forecast={draft.checks.forecast} />}
      <label className="field"><span>Note</span><input value={note} maxLength={1000} placeholder="What is new in this version?" onChange={(event) => setNote(event.target.value)} /></label>
      <Complaint error={publish.error} />
      <footer>
        <button type="button" className="button" onClick={onClose}>Cancel</button>
        <button type="button" className="button primary" disabled={errors.length > 0 || publish.isPending || draft.checks === undefined} onClick={() => publish.mutate()}>Publish version {(workflow.version ?? 0) + 1}</button>
      </footer>
    </Dialog>
  );
}

function Published({ workflow, version, onClose }: { workflow: Workflow; version: number; onClose: () => void }) {
  const triggers = useTriggers({ ...workflow, version });
  return (
    <Dialog title={`Version ${version} is live`} open onClose={onClose}>
      <p className="good-line"><CircleCheck size={17} aria-hidden /> What starts the workflow from now on runs this version.</p>
      {(triggers.data?.items ?? []).map(({ id, url }) => url !== null && (
        <label className="field" key={id}><span>Address of “{id}”</span><input readOnly className="mono" value={url} onFocus={(event) => event.target.select()} /></label>
      ))}
      <footer><button type="button" className="button primary" onClick={onClose}>Done</button></footer>
    </Dialog>
  );
}

function Changes({ workflow, draft }: { workflow: Workflow; draft: Draft }) {
  const found = useQuery({
    queryKey: ["difference", workflow.id, "live", "draft", draft.text],
    queryFn: () => ok(api.GET("/v1/workflows/{workflow_id}/diff", { params: { path: { workflow_id: workflow.id }, query: { before: "live", after: "draft" } } })),
    enabled: draft.saving === "saved",
  });
  if (found.data === undefined) return null;
  const { steps, fields, same } = found.data;
  return (
    <section>
      <h3>What changes</h3>
      {same && <p className="muted">Nothing: the draft is what is live already.</p>}
      <ul className="plain-list">
        {steps.map((step) => <li key={`${step.step} ${step.before ?? step.after}`}><span className="chip">{step.change.replaceAll("_", " ")}</span> {step.name}</li>)}
        {fields.map((field) => <li key={field.field}><span className="chip">changed</span> <code>{field.field.slice(1)}</code></li>)}
      </ul>
    </section>
  );
}

function Permissions({ draft }: { draft: Draft }) {
  const statements = (draft.checks?.policy?.["Statement"] ?? []) as Statement[];
  return (
    <section aria-label="Permissions">
      <h3>What it may do</h3>
      {draft.checks !== undefined && statements.length === 0 && <p className="muted">It only computes: it needs no permission.</p>}
      <ul className="plain-list">
        {statements.map((statement) => (
          <li key={statement.Action.join()}><KeyRound size={14} aria-hidden /> <span>{inWords(statement)} <span className="muted small">{resources(statement).join(", ")}</span></span></li>
        ))}
      </ul>
      {statements.length > 0 && (
        <details className="more">
          <summary>The policy, as AWS has it</summary>
          <pre className="policy" tabIndex={0} aria-label="Policy">{JSON.stringify(draft.checks?.policy, null, 2)}</pre>
        </details>
      )}
    </section>
  );
}
