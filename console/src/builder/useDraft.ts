/** The draft under edit: its history, its text, what the server finds, and saving by itself. */

import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";

import { api, ok, Problem, type Schemas } from "../api/client";
import { everyStep, type Definition } from "../graph/definition";
import { begin, change, redo, settle, undo, type History } from "../graph/history";
import { expect, write } from "../graph/yaml";

export type Workflow = Schemas["WorkflowDetail"];
export type Finding = Schemas["FindingView"];
const PAUSE = 600;

/** A value that follows another once that has been still for a while. */
function useSettled<T>(value: T, pause: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), pause);
    return () => clearTimeout(timer);
  }, [value, pause]);
  return settled;
}

/** Does something once the page stands and has nothing else to do. */
function useIdle(work: () => void): void {
  const newest = useRef(work);
  newest.current = work;
  useEffect(() => {
    const asked = requestIdleCallback(() => newest.current(), { timeout: 4_000 });
    return () => cancelIdleCallback(asked);
  }, []);
}

export interface Draft {
  definition: Definition;
  /** Where each step with an id stands. */
  places: Map<string, string>;
  text: string;
  /** `about`: what is being changed; changes in a row about the same thing are undone at once. `text`: as somebody wrote it. */
  set: (definition: Definition, about?: string, text?: string) => void;
  undo: () => void;
  redo: () => void;
  settle: () => void;
  canUndo: boolean;
  canRedo: boolean;
  checks: Schemas["Inspection"] | undefined;
  checking: boolean;
  saving: "saved" | "saving" | "not saved" | "conflict";
  error: unknown;
  save: () => Promise<void>;
  /** Somebody else's draft, which came in between; mine is kept until one is chosen. */
  conflict: Workflow | null;
  keepMine: () => void;
  takeTheirs: () => void;
}

/** Saves the text under the ETag that the draft was read with; another's change in between is a conflict. */
function useStore(workflow: Workflow, first: string) {
  const queries = useQueryClient();
  const number = useRef(workflow.draft);
  const [saved, setSaved] = useState(first);
  const [conflict, setConflict] = useState<Workflow | null>(null);
  const path = { params: { path: { workflow_id: workflow.id } } };
  const store = useMutation({
    mutationFn: async (yaml: string) => ({ changed: await ok(api.PUT("/v1/workflows/{workflow_id}", { ...path, body: { yaml, draft: number.current } })), yaml }),
    onSuccess: ({ changed, yaml }) => {
      number.current = changed.draft;
      setSaved(yaml);
      queries.setQueryData(["workflow", workflow.id], changed);
    },
    onError: async (error) => {
      if (!(error instanceof Problem) || (error.status !== 409 && error.status !== 412)) return;
      const theirs = await ok(api.GET("/v1/workflows/{workflow_id}", path));
      if (theirs.draft !== number.current) setConflict(theirs);
    },
    scope: { id: workflow.id },
  });
  return { number, saved, setSaved, conflict, setConflict, store };
}

/** A definition with the text that says it. Both are undone together, so comments come back as well. */
interface Content {
  definition: Definition;
  text: string;
}

const contentOf = (definition: Definition, before: string | null): Content => ({ definition, text: write(definition, before) });

/** The server keeps a text only as long as it says what the definition says. */
function contentAtFirst(workflow: Workflow): Content {
  const definition = workflow.definition as unknown as Definition;
  return { definition, text: workflow.source ?? write(definition, null) };
}

export function useDraft(workflow: Workflow): Draft {
  const [history, setHistory] = useState<History<Content>>(() => begin(contentAtFirst(workflow)));
  const { definition, text } = history.present;
  const { number, saved, setSaved, conflict, setConflict, store } = useStore(workflow, text);
  useIdle(() => expect(text));
  const settled = useSettled(text, PAUSE);
  const checks = useQuery({
    queryKey: ["checks", settled],
    queryFn: ({ signal }) => ok(api.POST("/v1/definitions/checks", { body: { yaml: settled }, signal })),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  });
  const { mutate, mutateAsync } = store;
  useEffect(() => {
    if (settled === text && settled !== saved && conflict === null) mutate(settled);
  }, [settled, text, saved, conflict, mutate]);
  const save = useCallback(async () => {
    if (text !== saved) await mutateAsync(text);
  }, [text, saved, mutateAsync]);
  const failed = store.isError && store.variables === text;
  const places = useMemo(() => new Map([...everyStep(definition)].flatMap(([pointer, step]) => (typeof step["id"] === "string" ? [[step["id"], pointer]] : []))), [definition]);
  return {
    definition,
    places,
    text,
    set: useCallback((next, about, written) => setHistory((now) => (next === now.present.definition ? now : change(now, written === undefined ? contentOf(next, now.present.text) : { definition: next, text: written }, about ?? null))), []),
    undo: useCallback(() => setHistory(undo), []),
    redo: useCallback(() => setHistory(redo), []),
    settle: useCallback(() => setHistory(settle), []),
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
    checks: checks.data,
    checking: checks.isFetching || settled !== text,
    saving: conflict !== null ? "conflict" : text === saved ? "saved" : failed ? "not saved" : "saving",
    error: conflict !== null ? null : failed ? store.error : checks.error,
    save,
    conflict,
    keepMine: () => {
      number.current = conflict?.draft ?? number.current;
      setConflict(null);
      mutate(text);
    },
    takeTheirs: () => {
      if (conflict === null) return;
      number.current = conflict.draft;
      const theirs = contentOf(conflict.definition as unknown as Definition, conflict.source);
      setSaved(theirs.text);
      setHistory((now) => change(now, theirs));
      setConflict(null);
    },
  };
}
