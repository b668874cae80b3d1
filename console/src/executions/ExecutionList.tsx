/** Executions, the newest first; what runs is followed. */

import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Activity } from "lucide-react";
import { useState } from "react";

import { api, ok, type Schemas } from "../api/client";
import { Complaint, elapsed, Moment, StatusChip } from "../ui/parts";

type Status = Schemas["Execution"]["status"];
const STATUSES: Status[] = ["running", "succeeded", "failed", "timed_out", "stopped"];

export function ExecutionList() {
  const [status, setStatus] = useState<Status | "">("");
  const found = useInfiniteQuery({
    queryKey: ["executions", status],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      ok(api.GET("/v1/executions", { params: { query: { limit: 50, ...(status === "" ? {} : { status }), ...(pageParam === null ? {} : { cursor: pageParam }) } } })),
    getNextPageParam: (page) => page.next,
    refetchInterval: 3_000,
  });
  const items = found.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="inner">
      <header className="bar">
        <h1>Executions</h1>
        <label>
          <span className="visually-hidden">Status</span>
          <select value={status} onChange={(event) => setStatus(event.target.value as Status | "")}>
            <option value="">Every status</option>
            {STATUSES.map((each) => <option key={each} value={each}>{each.replaceAll("_", " ")}</option>)}
          </select>
        </label>
      </header>
      <Complaint error={found.error} />
      {found.isSuccess && items.length === 0 ? (
        <div className="card empty">
          <Activity size={34} aria-hidden />
          <h2>Nothing has run yet</h2>
          <p className="muted">Executions appear here as they begin.</p>
        </div>
      ) : (
        <div className="card scroll">
          <table className="table">
            <thead><tr><th>Workflow</th><th>Status</th><th>Started</th><th>Took</th><th>By</th></tr></thead>
            <tbody>
              {items.map((item) => (
                <tr key={item.id}>
                  <td>
                    <Link className="strong" to="/executions/$executionId" params={{ executionId: item.id }}>{item.workflow}</Link>
                    {item.error !== null && <div className="complaint">{item.error}</div>}
                  </td>
                  <td><StatusChip status={item.status} /></td>
                  <td className="muted"><Moment at={item.started_at} /></td>
                  <td className="numbers muted">{elapsed(item.started_at, item.stopped_at)}</td>
                  <td className="muted">{item.trigger}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {found.hasNextPage && <button type="button" className="button" onClick={() => void found.fetchNextPage()}>Show more</button>}
    </div>
  );
}
