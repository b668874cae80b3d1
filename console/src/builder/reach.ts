/** What expressions of the chosen step can name, with sample values. */

import { useQuery } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useMemo, useState } from "react";

import { api, ok } from "../api/client";
import type { Reach } from "../editor/expressions";
import type { Definition, Fields, Json } from "../graph/definition";
import { stepSamples, triggerSample, valuesFor, type Run } from "../graph/samples";
import { namesAt } from "../graph/scope";
import { useActions } from "./useActions";

export interface Samples {
  steps: Fields;
  trigger: Fields;
  /** Where they come from, in words. */
  source: string;
  latest: Run | undefined;
}

const EMPTY: Reach = { names: [], values: {} };

export const ReachContext = createContext<Reach>(EMPTY);
export const useReach = (): Reach => useContext(ReachContext);

/** Sample data of every step: the newest test run's, else the newest execution's, else what schemas promise. */
export function useSamples(workflowId: string, definition: Definition, testRun: Run | undefined): Samples {
  const execution = useQuery({
    queryKey: ["sample-run", workflowId],
    queryFn: async () => {
      const [newest] = (await ok(api.GET("/v1/executions", { params: { query: { workflow_id: workflowId, limit: 1 } } }))).items;
      return newest === undefined ? null : ok(api.GET("/v1/executions/{execution_id}", { params: { path: { execution_id: newest.id } } }));
    },
    staleTime: 30_000,
  });
  const { find } = useActions();
  const latest = testRun ?? (execution.data as Run | null | undefined) ?? undefined;
  return useMemo(() => {
    const source = testRun !== undefined ? "from the test run" : latest !== undefined ? "from the newest execution" : "an example";
    const steps = stepSamples(definition, latest, (action) => find(action)?.result as Json | undefined);
    return { steps, trigger: triggerSample(definition, latest), source, latest };
  }, [definition, latest, testRun, find]);
}

/** Names and values in reach of a step's field. */
export function useReachAt(definition: Definition, pointer: string, samples: Samples, field = ""): Reach {
  const names = useMemo(() => namesAt(definition, pointer, field), [definition, pointer, field]);
  const [values, setValues] = useState<Fields>({});
  useEffect(() => {
    let current = true;
    void valuesFor(definition, names, samples.steps, samples.trigger, () => current).then((found) => current && setValues(found));
    return () => {
      current = false;
    };
  }, [definition, names, samples]);
  return useMemo(() => ({ names, values }), [names, values]);
}
