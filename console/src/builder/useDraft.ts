/** The draft under edit: its history, its text, what the server finds, and saving by itself. */

import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";

import { api, ok, type Schemas } from "../api/client";
import type { Definition } from "../graph/definition";
import { begin, change, redo, undo, type History } from "../graph/history";
import { write } from "../graph/yaml";

export type Workflow = Schemas["WorkflowDetail"];
const PAUSE = 700;

/** A value that follows another once that has been still for a while. */
function useSettled<T>(value: T, pause: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), pause);
    return () => clearTimeout(timer);
  }, [value, pause]);
  return settled;
}

export interface Draft {
  definition: Definition;
  text: string;
  set: (definition: Definition) => void;
  undo: () => void;
  redo: () => void;
  canUndo: boolean;
  canRedo: boolean;
  checks: Schemas["Inspection"] | undefined;
  saving: "saved" | "saving" | "not saved";
  error: unknown;
  save: () => Promise<void>;
}

export function useDraft(workflow: Workflow): Draft {
  const queries = useQueryClient();
  const [history, setHistory] = useState<History<Definition>>(() => begin(workflow.definition as unknown as Definition));
  const source = useRef(workflow.source);
  const number = useRef(workflow.draft);
  const definition = history.present;
  const text = useMemo(() => write(definition, source.current), [definition]);
  const [saved, setSaved] = useState(text);
  const settled = useSettled(text, PAUSE);
  const checks = useQuery({
    queryKey: ["checks", settled],
    queryFn: ({ signal }) => ok(api.POST("/v1/definitions/checks", { body: { yaml: settled }, signal })),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  });
  const store = useMutation({
    mutationFn: async (yaml: string) => {
      const changed = await ok(api.PUT("/v1/workflows/{workflow_id}", { params: { path: { workflow_id: workflow.id } }, body: { yaml, draft: number.current } }));
      return { changed, yaml };
    },
    onSuccess: ({ changed, yaml }) => {
      number.current = changed.draft;
      source.current = yaml;
      setSaved(yaml);
      queries.setQueryData(["workflow", workflow.id], changed);
    },
    scope: { id: workflow.id },
  });
  const { mutate, mutateAsync } = store;
  useEffect(() => {
    if (settled === text && settled !== saved) mutate(settled);
  }, [settled, text, saved, mutate]);
  const save = useCallback(async () => {
    if (text !== saved) await mutateAsync(text);
  }, [text, saved, mutateAsync]);
  return {
    definition,
    text,
    set: useCallback((next) => setHistory((now) => change(now, next)), []),
    undo: useCallback(() => setHistory(undo), []),
    redo: useCallback(() => setHistory(redo), []),
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
    checks: checks.data,
    saving: text === saved ? "saved" : store.isError && store.variables === text ? "not saved" : "saving",
    error: store.isError && store.variables === text ? store.error : checks.error,
    save,
  };
}
