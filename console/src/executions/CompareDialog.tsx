/** Choosing what to compare an execution with. */

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { api, ok } from "../api/client";
import { Complaint, Dialog, elapsed, Moment, StatusChip } from "../ui/parts";
import type { Execution } from "./useExecution";

export function CompareDialog({ execution, onClose }: { execution: Execution; onClose: () => void }) {
  const found = useQuery({
    queryKey: ["executions", "of", execution.workflow_id],
    queryFn: () => ok(api.GET("/v1/executions", { params: { query: { workflow_id: execution.workflow_id, limit: 30 } } })),
  });
  const others = found.data?.items.filter(({ id }) => id !== execution.id) ?? [];
  return (
    <Dialog title="Compare with another execution" open onClose={onClose}>
      <Complaint error={found.error} />
      {found.isSuccess && others.length === 0 && <p className="muted">This workflow has run only once.</p>}
      <div className="picks">
        {others.map((other) => (
          <Link key={other.id} to="/executions/$executionId/compare/$otherId" params={{ executionId: execution.id, otherId: other.id }}>
            <StatusChip status={other.status} /> <Moment at={other.started_at} />
            <span className="muted small">version {other.version} · {elapsed(other.started_at, other.stopped_at)}</span>
          </Link>
        ))}
      </div>
    </Dialog>
  );
}
