/** What steps can use: built-in actions, and the operations of connectors. */

import { useQuery } from "@tanstack/react-query";
import { useCallback } from "react";

import { api, ok, type Schemas } from "../api/client";

export type Action = Schemas["ActionView"];

const ALL = { queryKey: ["actions"], queryFn: () => ok(api.GET("/v1/actions")), staleTime: 300_000 };

export function useActions() {
  const found = useQuery(ALL);
  const actions = found.data;
  const find = useCallback((name: string): Action | undefined => actions?.find((each) => each.name === name), [actions]);
  return { actions: actions ?? [], find, error: found.error };
}

/** An action by its name; a connector's operation is asked for by itself. */
export function useAction(name: string) {
  const { find } = useActions();
  const own = find(name);
  const [connector = "", operation = ""] = name.split(/\.(.*)/s);
  const found = useQuery({
    queryKey: ["operation", name],
    queryFn: () => ok(api.GET("/v1/connectors/{connector}/operations/{operation}", { params: { path: { connector, operation } } })),
    enabled: own === undefined && operation !== "",
    staleTime: 300_000,
    retry: false,
  });
  return own ?? (found.data as Pick<Action, "name" | "title" | "inputs" | "result"> | undefined);
}

/** Connectors' operations that have some words. */
export const useOperations = (words: string) =>
  useQuery({
    queryKey: ["operations", words],
    queryFn: ({ signal }) => ok(api.GET("/v1/operations", { params: { query: { q: words, limit: 24 } }, signal })),
    enabled: words.length > 1,
    placeholderData: (before) => before,
    staleTime: 60_000,
  });

export const useConnections = () => useQuery({ queryKey: ["connections"], queryFn: () => ok(api.GET("/v1/connections")), staleTime: 30_000 });
