/** Running an execution's work again, with the same input or another. */

import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { api, ok } from "../api/client";
import { JsonEditor, useJson } from "../editor/JsonEditor";
import { Complaint, Dialog } from "../ui/parts";
import type { Execution } from "./useExecution";

export function RerunDialog({ execution, onClose }: { execution: Execution; onClose: () => void }) {
  const navigate = useNavigate();
  const input = useJson(execution.input);
  const [version, setVersion] = useState<"live" | "same">("live");
  const start = useMutation({
    mutationFn: () => ok(api.POST("/v1/executions/{execution_id}/rerun", { params: { path: { execution_id: execution.id } }, body: { version, ...(input.changed ? { input: input.value } : {}) } })),
    onSuccess: async (started) => {
      onClose();
      await navigate({ to: "/executions/$executionId", params: { executionId: started.execution_id } });
    },
  });
  return (
    <Dialog title="Run again" open onClose={onClose}>
      <JsonEditor label="Input" hint="What the workflow sees as $trigger.body" json={input} />
      <fieldset className="choices">
        <legend>Which version</legend>
        <label><input type="radio" name="version" checked={version === "live"} onChange={() => setVersion("live")} /> The live one</label>
        <label><input type="radio" name="version" checked={version === "same"} onChange={() => setVersion("same")} /> The same as then (version {execution.version})</label>
      </fieldset>
      <Complaint error={start.error} />
      <footer>
        <button type="button" className="button" onClick={onClose}>Cancel</button>
        <button type="button" className="button primary" disabled={start.isPending || input.problem !== null} onClick={() => start.mutate()}>Run again</button>
      </footer>
    </Dialog>
  );
}
