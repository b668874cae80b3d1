/** An execution and its visits, followed while it runs. */

import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, ok, type Schemas } from "../api/client";
import type { Definition } from "../graph/definition";

export type Execution = Schemas["ExecutionDetail"];
export type StepRun = Schemas["StepRun"];
export type Visit = Schemas["Visit"];

const WAIT = 20;
const FIRST = 200;
const PAGE = 1000;

/** The execution. While it runs, the server answers as soon as there is news of it. */
export function useExecution(id: string) {
  const queries = useQueryClient();
  return useQuery({
    queryKey: ["execution", id],
    queryFn: ({ signal }) => {
      const known = queries.getQueryData<Execution>(["execution", id]);
      const query = known?.status === "running" ? { wait: WAIT, after: known.last_event } : {};
      return ok(api.GET("/v1/executions/{execution_id}", { params: { path: { execution_id: id }, query }, signal }));
    },
    refetchInterval: ({ state }) => (state.data?.status === "running" ? 250 : false),
    refetchOnWindowFocus: false,
    retry: 8,
    retryDelay: 500,
  });
}

/** The definition that an execution runs: its own version's, not the draft's. */
export function useVersion(workflowId: string, version: number) {
  return useQuery({
    queryKey: ["version", workflowId, version],
    queryFn: () => ok(api.GET("/v1/workflows/{workflow_id}/versions/{version}", { params: { path: { workflow_id: workflowId, version: String(version) } } })),
    select: (found): Definition => found.definition as unknown as Definition,
    staleTime: Infinity,
    enabled: version > 0,
  });
}

/** Every visit of every step, page by page; of one step only with `pointer`. */
export function useVisits(execution: Execution, pointer?: string) {
  return useInfiniteQuery({
    queryKey: ["visits", execution.id, pointer ?? "", execution.last_event, execution.status],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      ok(api.GET("/v1/executions/{execution_id}/steps", {
        params: { path: { execution_id: execution.id }, query: { limit: pageParam === null ? FIRST : PAGE, ...(pointer === undefined ? {} : { pointer }), ...(pageParam === null ? {} : { cursor: pageParam }) } },
        signal,
      })),
    getNextPageParam: (page) => page.next,
    placeholderData: (before, query) => (query?.queryKey[1] === execution.id && query.queryKey[2] === (pointer ?? "") ? before : undefined),
    staleTime: Infinity,
  });
}
