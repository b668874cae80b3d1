/** Publishing: what is in the way, what the workflow will be allowed to do, and its URLs afterwards. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Check, CircleAlert, KeyRound } from "lucide-react";

import { api, ok } from "../api/client";
import { Complaint, Dialog } from "../ui/parts";
import type { Draft, Workflow } from "./useDraft";
import { Forecast } from "./WorkflowPanel";

interface Statement {
  Action: string[];
  Resource: string[];
}

const WORDS: [RegExp, string][] = [
  [/^lambda:InvokeFunction$/, "call the step functions"],
  [/^states:StartExecution$/, "start executions of"],
  [/^states:(Describe|Stop)Execution$/, "follow and stop what it has started"],
  [/^states:RedriveExecution$/, "start its failed rounds again"],
  [/^events:PutEvents$/, "publish events on"],
  [/^events:/, "be told when those end"],
  [/^s3:PutObject$|^s3:Abort|^s3:ListMultipart/, "write results into"],
  [/^s3:/, "read files from"],
];

const inWords = (statement: Statement): string =>
  [...new Set(statement.Action.map((action) => WORDS.find(([pattern]) => pattern.test(action))?.[1] ?? action))].join(", ");

const short = (resource: string): string => /\$\{\w+:([^}]+)\}/.exec(resource)?.[1] ?? resource.split(":").at(-1) ?? resource;

export function PublishDialog({ workflow, draft, onClose }: { workflow: Workflow; draft: Draft; onClose: () => void }) {
  const queries = useQueryClient();
  const publish = useMutation({
    mutationFn: async () => {
      await draft.save();
      return ok(api.POST("/v1/workflows/{workflow_id}/versions", { params: { path: { workflow_id: workflow.id } } }));
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: ["workflow", workflow.id] }),
  });
  const errors = (draft.checks?.findings ?? []).filter((found) => found.severity === "error");
  const statements = (draft.checks?.policy?.["Statement"] ?? []) as Statement[];
  if (publish.data !== undefined) {
    return (
      <Dialog title={`Version ${publish.data.version} is live`} open onClose={onClose}>
        <p><Check size={16} aria-hidden /> What starts the workflow from now on runs this version.</p>
        {Object.entries(publish.data.webhooks).map(([id, url]) => (
          <label className="field" key={id}><span>Webhook “{id}”</span><input readOnly className="mono" value={url} onFocus={(event) => event.target.select()} /></label>
        ))}
        <footer><button type="button" className="button primary" onClick={onClose}>Done</button></footer>
      </Dialog>
    );
  }
  return (
    <Dialog title="Publish" open onClose={onClose}>
      {errors.length > 0 && <p className="banner"><CircleAlert size={16} aria-hidden /> {errors.length === 1 ? "One error is" : `${errors.length} errors are`} in the way: {errors[0]?.detail}</p>}
      {draft.checks?.forecast && <Forecast forecast={draft.checks.forecast} />}
      <div>
        <h3>What it may do</h3>
        {statements.length === 0 ? <p className="muted">It only computes: it needs no permission.</p> : (
          <ul>
            {statements.map((statement) => (
              <li key={statement.Action.join()}><KeyRound size={13} aria-hidden /> {inWords(statement)} <span className="muted small">{statement.Resource.map(short).join(", ")}</span></li>
            ))}
          </ul>
        )}
      </div>
      <Complaint error={publish.error} />
      <footer>
        <button type="button" className="button" onClick={onClose}>Cancel</button>
        <button type="button" className="button primary" disabled={errors.length > 0 || publish.isPending} onClick={() => publish.mutate()}>Publish version {(workflow.version ?? 0) + 1}</button>
      </footer>
    </Dialog>
  );
}
