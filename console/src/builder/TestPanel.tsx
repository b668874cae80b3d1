/** The input of a test run, and what became of it. */

import { FlaskConical, Square, X } from "lucide-react";
import { useState } from "react";

import { JsonEditor, useJson } from "../editor/JsonEditor";
import type { Json } from "../graph/definition";
import { exampleOf } from "../graph/samples";
import { inWords } from "../graph/words";
import { Failure } from "../executions/Failure";
import { Complaint } from "../ui/parts";
import { ValueCard } from "../values/Tree";
import type { Draft, Workflow } from "./useDraft";
import type { TestRun } from "./useTestRun";

interface Props {
  workflow: Workflow;
  draft: Draft;
  test: TestRun;
  onOpen: (pointer: string) => void;
}

const KEY = "statewright.test-input.";

/** The input that was used last for this workflow in this browser, else one that fits its schema. */
export function lastInput(workflowId: string, schema: Json | undefined): Json {
  const kept = sessionStorage.getItem(KEY + workflowId);
  if (kept === null) return exampleOf(schema);
  return JSON.parse(kept) as Json;
}

export const keepInput = (workflowId: string, input: Json): void => sessionStorage.setItem(KEY + workflowId, JSON.stringify(input));

export function TestPanel({ workflow, draft, test, onOpen }: Props) {
  const [initial] = useState(() => lastInput(workflow.id, draft.definition["input"]));
  const input = useJson(initial);
  const broken = draft.checks?.valid === false;
  const running = test.run?.status === "running";
  const start = (): void => {
    keepInput(workflow.id, input.value);
    test.start({ input: input.value });
  };
  return (
    <div className="test-panel">
      <div className="test-side">
        <JsonEditor label="Input" hint="Pinned steps give their pinned value; whatever is not pinned really happens." json={input} />
        <div className="test-actions">
          <button type="button" className="button primary" disabled={running || test.starting || broken || input.problem !== null} onClick={start}><FlaskConical size={15} aria-hidden /> Test the draft</button>
          {running && <button type="button" className="button danger" onClick={test.stop}><Square size={14} aria-hidden /> Stop</button>}
          {test.run !== undefined && !running && <button type="button" className="button quiet" onClick={test.clear}><X size={15} aria-hidden /> Clear</button>}
        </div>
      </div>
      <div className="test-side">
        <Complaint error={test.error} />
        {broken && <p className="banner warn">There are errors in the draft: mend them first. They stand under “problems”.</p>}
        <Outcome test={test} draft={draft} onOpen={onOpen} />
      </div>
    </div>
  );
}

function Outcome({ test, draft, onOpen }: { test: TestRun; draft: Draft; onOpen: (pointer: string) => void }) {
  const { run } = test;
  if (run === undefined) return <p className="muted">Run the draft before you publish it: each step shows on the drawing what became of it.</p>;
  const told = run.status === "succeeded" ? null : inWords(run.error, run.cause);
  const culprit = run.steps.findLast((step) => step.status === "failed");
  const place = culprit?.id == null ? culprit?.pointer : draft.places.get(culprit.id);
  return (
    <>
      {run.status === "running" && <p role="status">It is running. Follow it on the drawing.</p>}
      {told !== null && <Failure told={told} error={run.error} />}
      {told !== null && culprit !== undefined && place !== undefined && <button type="button" className="button" onClick={() => onOpen(place)}>Show the step “{culprit.name}”</button>}
      {run.status !== "running" && told === null && <ValueCard title="Output" value={run.output} empty="It gave nothing." />}
    </>
  );
}
