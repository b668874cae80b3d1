/** Trying the draft: a run of it as it is, followed step by step. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import { api, ok, type Schemas } from "../api/client";
import type { Fields, Json } from "../graph/definition";
import { runStates, type States } from "../graph/overlay";
import type { Run } from "../graph/samples";
import { span } from "../graph/timeline";
import { message } from "../graph/words";
import type { Draft, Workflow } from "./useDraft";

export type Trial = Schemas["TestRun"];

export interface Part {
  input?: Json;
  until?: string;
  only?: string;
  values?: Fields;
}

export interface TestRun {
  run: Trial | undefined;
  states: States;
  /** What it left behind, as sample data. */
  sample: Run | undefined;
  start: (part: Part) => void;
  stop: () => void;
  clear: () => void;
  starting: boolean;
  error: unknown;
}

const NO_STATES: States = {};

function said(run: { status: string; error?: string | null; started_at: string | null; stopped_at: string | null; runs: number }): string {
  if (run.error != null) return message(run.error);
  const took = run.started_at !== null && run.stopped_at !== null ? span(Date.parse(run.stopped_at) - Date.parse(run.started_at)) : "";
  return [run.status.replaceAll("_", " "), took, run.runs > 1 ? `${run.runs} runs` : ""].filter(Boolean).join(" · ");
}

export function useTestRun(workflow: Workflow, draft: Draft): TestRun {
  const queries = useQueryClient();
  const [id, setId] = useState<string | null>(null);
  const begin = useMutation({
    mutationFn: async (part: Part) => {
      await draft.save();
      return ok(api.POST("/v1/workflows/{workflow_id}/test-runs", { params: { path: { workflow_id: workflow.id } }, body: part as Schemas["TestRunRequest"] }));
    },
    onSuccess: (started) => {
      queries.setQueryData(["test-run", started.id], started);
      setId(started.id);
    },
  });
  const seen = useQuery({
    queryKey: ["test-run", id],
    queryFn: () => ok(api.GET("/v1/test-runs/{run_id}", { params: { path: { run_id: id! } } })),
    enabled: id !== null,
    refetchInterval: ({ state }) => (state.data?.status === "running" ? 400 : false),
    staleTime: Infinity,
  });
  const end = useMutation({ mutationFn: () => ok(api.POST("/v1/test-runs/{run_id}/stop", { params: { path: { run_id: id! } } })), onSuccess: () => queries.invalidateQueries({ queryKey: ["test-run", id] }) });
  const run = id === null ? undefined : seen.data;
  const states = useMemo(() => (run === undefined ? NO_STATES : byId(run, draft)), [run, draft.definition]);
  const sample = useMemo(() => (run === undefined ? undefined : { input: (run.input ?? null) as Json, trigger: "test", steps: run.steps }), [run]);
  return { run, states, sample, start: begin.mutate, stop: () => end.mutate(), clear: () => setId(null), starting: begin.isPending, error: begin.error ?? end.error ?? seen.error };
}

/** States by the step's place in the draft. A part of it is tried as a definition of its own, whose places may differ: ids tell. */
function byId(run: Trial, draft: Draft): States {
  return runStates(run.steps.map((step) => ({ ...step, pointer: placeOf(step, draft) })).filter(({ pointer }) => pointer !== ""), said);
}

function placeOf(step: { id: string | null; pointer: string }, draft: Draft): string {
  if (step.id === null) return step.pointer;
  return draft.places.get(step.id) ?? "";
}
