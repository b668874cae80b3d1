/** Executions, the newest first, as they begin and end. */

import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Activity, Radio } from "lucide-react";
import { useDeferredValue, useEffect, useRef, useState } from "react";

import { api, ok, type Schemas } from "../api/client";
import { useLive } from "../api/live";
import { inWords } from "../graph/words";
import { Complaint, elapsed, Moment, StatusChip } from "../ui/parts";
import "./executions.css";

type Status = Schemas["Execution"]["status"];
const STATUSES: Status[] = ["running", "succeeded", "failed", "timed_out", "stopped"];
const ASK_AGAIN = 4_000;

export interface ExecutionSearch {
  status?: Status;
  workflow?: string;
  q?: string;
}

/** What an address says of the list's filters; the rest is left out. */
export function readSearch(search: Record<string, unknown>): ExecutionSearch {
  const status = STATUSES.find((each) => each === search["status"]);
  return {
    ...(status === undefined ? {} : { status }),
    ...(typeof search["workflow"] === "string" && search["workflow"] !== "" ? { workflow: search["workflow"] } : {}),
    ...(typeof search["q"] === "string" && search["q"] !== "" ? { q: search["q"] } : {}),
  };
}

/** Asks for the list anew, at most twice a second however many events come. */
function useRefresh(): () => void {
  const queries = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return () => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      void queries.invalidateQueries({ queryKey: ["executions"] });
    }, 500);
  };
}

function useExecutions(search: ExecutionSearch, live: boolean) {
  const { status, workflow, q } = search;
  return useInfiniteQuery({
    queryKey: ["executions", status ?? "", workflow ?? "", q ?? ""],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: 50, ...(status === undefined ? {} : { status }), ...(workflow === undefined ? {} : { workflow_id: workflow }), ...(q === undefined ? {} : { q }), ...(pageParam === null ? {} : { cursor: pageParam }) };
      return ok(api.GET("/v1/executions", { params: { query }, signal }));
    },
    getNextPageParam: (page) => page.next,
    refetchInterval: live ? false : ASK_AGAIN,
    placeholderData: keepPreviousData,
  });
}

export function ExecutionList() {
  const search = useSearch({ from: "/inside/executions" });
  const refresh = useRefresh();
  const live = useLive("executions", refresh);
  // What began between loading the list and being connected is told by nobody.
  useEffect(() => {
    if (live) refresh();
  }, [live]);
  const found = useExecutions(search, live);
  const items = found.data?.pages.flatMap((page) => page.items) ?? [];
  const filtered = search.q !== undefined || search.status !== undefined || search.workflow !== undefined;
  return (
    <div className="inner">
      <header className="bar">
        <h1>Executions</h1>
        <span className={`chip ${live ? "good" : ""}`} title={live ? "News appears by itself" : "The list asks for news every few seconds"}><Radio size={12} aria-hidden /> {live ? "live" : "refreshing"}</span>
      </header>
      <Filters search={search} />
      <Complaint error={found.error} />
      {found.isPending ? <div className="card loading" role="status">Loading executions…</div> : items.length === 0 ? (
        <div className="card empty">
          <Activity size={34} aria-hidden />
          <h2>{filtered ? "Nothing fits" : "Nothing has run yet"}</h2>
          <p className="muted">{filtered ? "Try other words, or another status." : "Executions appear here as they begin."}</p>
        </div>
      ) : <Rows items={items} />}
      {found.hasNextPage && <button type="button" className="button" disabled={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>Show more</button>}
    </div>
  );
}

function Filters({ search }: { search: ExecutionSearch }) {
  const navigate = useNavigate();
  const [words, setWords] = useState(search.q ?? "");
  const settled = useDeferredValue(words);
  const workflows = useQuery({ queryKey: ["workflows", ""], queryFn: () => ok(api.GET("/v1/workflows", { params: { query: { limit: 100 } } })) });
  const narrow = (changed: Record<string, string>): void =>
    void navigate({ to: "/executions", search: readSearch({ ...search, ...changed }), replace: true });
  useEffect(() => {
    const timer = setTimeout(() => settled !== (search.q ?? "") && narrow({ q: settled }), 250);
    return () => clearTimeout(timer);
  });
  return (
    <div className="filters">
      <input type="search" placeholder="Search inputs and errors" aria-label="Search executions" value={words} onChange={(event) => setWords(event.target.value)} />
      <select aria-label="Workflow" value={search.workflow ?? ""} onChange={(event) => narrow({ workflow: event.target.value })}>
        <option value="">Every workflow</option>
        {workflows.data?.items.map((each) => <option key={each.id} value={each.id}>{each.name}</option>)}
      </select>
      <select aria-label="Status" value={search.status ?? ""} onChange={(event) => narrow({ status: event.target.value })}>
        <option value="">Every status</option>
        {STATUSES.map((each) => <option key={each} value={each}>{each.replaceAll("_", " ")}</option>)}
      </select>
    </div>
  );
}

const Rows = ({ items }: { items: Schemas["Execution"][] }) => (
  <div className="card scroll">
    <table className="table">
      <thead><tr><th>Workflow</th><th>Status</th><th>Started</th><th className="extra">Took</th><th className="extra">Started by</th></tr></thead>
      <tbody>
        {items.map((item) => (
          <tr key={item.id}>
            <td>
              <Link className="strong" to="/executions/$executionId" params={{ executionId: item.id }}>{item.workflow}</Link>
              <WhatFailed item={item} />
            </td>
            <td><StatusChip status={item.status} /></td>
            <td className="muted nowrap"><Moment at={item.started_at} /></td>
            <td className="numbers muted extra">{elapsed(item.started_at, item.stopped_at)}</td>
            <td className="muted extra">{item.trigger} <span className="small">· v{item.version}</span></td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

function WhatFailed({ item }: { item: Schemas["Execution"] }) {
  const told = inWords(item.error, item.cause);
  if (told === null) return null;
  return <div className="complaint one-line">{told.title}{told.detail !== "" && <span className="muted"> · {told.detail}</span>}</div>;
}
