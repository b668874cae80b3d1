/** Starting what is published, with an input. */

import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { api, ok } from "../api/client";
import { isFields, type Fields, type Json } from "../graph/definition";
import { Complaint, Dialog } from "../ui/parts";
import type { Workflow } from "./useDraft";

/** An input that fits a JSON Schema, to begin with. */
export function sampleOf(schema: Json | undefined): Json {
  if (!isFields(schema)) return {};
  for (const key of ["example", "default", "const"]) if (schema[key] !== undefined) return schema[key];
  if (Array.isArray(schema["enum"])) return schema["enum"][0] ?? null;
  switch (schema["type"]) {
    case "string": return "text";
    case "number": case "integer": return 1;
    case "boolean": return true;
    case "array": return [sampleOf(schema["items"])];
    default: return Object.fromEntries(Object.entries(isFields(schema["properties"]) ? schema["properties"] : {}).map(([name, inner]): [string, Json] => [name, sampleOf(inner)])) as Fields;
  }
}

export function RunDialog({ workflow, onClose }: { workflow: Workflow; onClose: () => void }) {
  const navigate = useNavigate();
  const [text, setText] = useState(() => JSON.stringify(sampleOf(workflow.definition["input"] as Json | undefined), null, 2));
  const start = useMutation({
    mutationFn: async () => ok(api.POST("/v1/workflows/{workflow_id}/executions", { params: { path: { workflow_id: workflow.id } }, body: { input: JSON.parse(text) as never } })),
    onSuccess: (started) => navigate({ to: "/executions/$executionId", params: { executionId: started.execution_id } }),
  });
  return (
    <Dialog title={`Run version ${workflow.version}`} open onClose={onClose}>
      <label className="field">
        <span>Input as JSON ($trigger.body)</span>
        <textarea className="mono" rows={10} spellCheck={false} value={text} onChange={(event) => setText(event.target.value)} />
      </label>
      <Complaint error={start.error} />
      <footer>
        <button type="button" className="button" onClick={onClose}>Cancel</button>
        <button type="button" className="button primary" disabled={start.isPending} onClick={() => start.mutate()}>Run</button>
      </footer>
    </Dialog>
  );
}
