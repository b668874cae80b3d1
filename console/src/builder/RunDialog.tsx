/** Starting what is published, with an input. */

import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { api, ok } from "../api/client";
import { JsonEditor, useJson } from "../editor/JsonEditor";
import type { Json } from "../graph/definition";
import { Complaint, Dialog } from "../ui/parts";
import { keepInput, lastInput } from "./TestPanel";
import type { Workflow } from "./useDraft";

export function RunDialog({ workflow, onClose }: { workflow: Workflow; onClose: () => void }) {
  const navigate = useNavigate();
  const input = useJson(lastInput(workflow.id, workflow.definition["input"] as Json | undefined));
  const start = useMutation({
    mutationFn: () => {
      keepInput(workflow.id, input.value);
      return ok(api.POST("/v1/workflows/{workflow_id}/executions", { params: { path: { workflow_id: workflow.id } }, body: { input: input.value as never } }));
    },
    onSuccess: (started) => navigate({ to: "/executions/$executionId", params: { executionId: started.execution_id } }),
  });
  return (
    <Dialog title={`Run version ${workflow.version}`} open onClose={onClose}>
      <JsonEditor label="Input" hint="Expressions see it as $trigger.body" json={input} />
      <Complaint error={start.error} />
      <footer>
        <button type="button" className="button" onClick={onClose}>Cancel</button>
        <button type="button" className="button primary" disabled={start.isPending || input.problem !== null} onClick={() => start.mutate()}>Run</button>
      </footer>
    </Dialog>
  );
}
