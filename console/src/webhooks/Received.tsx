/** What webhooks were sent: each call with its verdict, shown and replayed. */

import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { RotateCw, Webhook } from "lucide-react";
import { useState } from "react";

import { useCan } from "../api/account";
import { api, ok, type Schemas } from "../api/client";
import { useAct, useLoad } from "../api/use";
import { Facts } from "../ui/extras";
import { Await, Empty, Skeleton } from "../ui/page";
import { Complaint, Dialog, Moment } from "../ui/parts";

type Delivery = Schemas["WebhookDelivery"];
type Verdict = Delivery["verdict"];

const TONES: Record<Verdict, string> = { accepted: "good", duplicate: "warn", challenge: "accent", refused: "bad", rejected: "bad", failed: "bad" };
const VERDICTS = Object.keys(TONES) as Verdict[];

export function Received() {
  const [workflow, setWorkflow] = useState("");
  const [verdict, setVerdict] = useState<Verdict | "">("");
  const workflows = useLoad(["workflows", "names"], () => api.GET("/v1/workflows", { params: { query: { limit: 100 } } }), { stale: 30_000 });
  const published = (workflows.data?.items ?? []).filter(({ version }) => version !== null);
  const recent = useLoad(["executions", "recent"], () => api.GET("/v1/executions", { params: { query: { limit: 50 } } }), { stale: 30_000 });
  const called = recent.data?.items.find(({ trigger, workflow_id }) => trigger === "webhook" && published.some(({ id }) => id === workflow_id));
  const chosen = workflow || (called?.workflow_id ?? published[0]?.id ?? "");
  return (
    <>
      <div className="tools">
        <select className="grow" aria-label="Workflow" value={chosen} onChange={(event) => setWorkflow(event.target.value)}>{published.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}</select>
        <select aria-label="Verdict" value={verdict} onChange={(event) => setVerdict(event.target.value as Verdict | "")}><option value="">Every verdict</option>{VERDICTS.map((each) => <option key={each}>{each}</option>)}</select>
      </div>
      <Complaint error={workflows.error} />
      {workflows.isPending || recent.isPending ? <Skeleton /> : chosen === "" ? <Nothing /> : <List workflowId={chosen} verdict={verdict} />}
    </>
  );
}

/** Only calls that are kept are here: without a word on that, the page would look broken beside executions that webhooks have started. */
const Nothing = ({ workflowId }: { workflowId?: string }) => (
  <Empty icon={Webhook} title="No call is kept" actions={workflowId !== undefined && <Link to="/workflows/$workflowId" params={{ workflowId }} className="button">Open the workflow</Link>}>
    Webhooks that verify their senders keep their calls for a week. For others it is turned on at the trigger, under “Calls are kept”.
  </Empty>
);

function List({ workflowId, verdict }: { workflowId: string; verdict: Verdict | "" }) {
  const [open, setOpen] = useState<string | null>(null);
  const found = useInfiniteQuery({
    queryKey: ["webhook-calls", workflowId, verdict],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) => ok(api.GET("/v1/workflows/{workflow_id}/deliveries", { params: { path: { workflow_id: workflowId }, query: { ...(verdict === "" ? {} : { verdict }), ...(pageParam === null ? {} : { cursor: pageParam }) } } })),
    getNextPageParam: (page) => page.next,
    refetchInterval: 5_000,
  });
  const items = found.data?.pages.flatMap((page) => page.items) ?? [];
  if (found.isPending) return <Skeleton />;
  if (found.isError) return <Complaint error={found.error} />;
  if (items.length === 0) return <Nothing workflowId={workflowId} />;
  return (
    <>
      <div className="card scroll">
        <table className="table">
          <thead><tr><th>Received</th><th>Verdict</th><th className="extra">Trigger</th><th className="extra">From</th><th className="right">Status</th></tr></thead>
          <tbody>
            {items.map((item) => (
              <tr key={item.id}>
                <td><button type="button" className="linkish strong" onClick={() => setOpen(item.id)}>{item.method} <Moment at={item.received_at} /></button>{item.replay_of !== null && <span className="chip">replay</span>}</td>
                <td><span className={`chip ${TONES[item.verdict]}`}>{item.verdict}</span>{item.reason !== null && <span className="sub">{item.reason}</span>}</td>
                <td className="muted extra">{item.trigger_id}</td><td className="muted extra">{item.address}</td><td className="right numbers">{item.status}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {found.hasNextPage && <button type="button" className="button" onClick={() => void found.fetchNextPage()}>Show more</button>}
      {open !== null && <Call workflowId={workflowId} id={open} onClose={() => setOpen(null)} />}
    </>
  );
}

function Call({ workflowId, id, onClose }: { workflowId: string; id: string; onClose: () => void }) {
  const can = useCan();
  const path = { params: { path: { workflow_id: workflowId, delivery_id: id } } };
  const found = useLoad(["webhook-call", id], () => api.GET("/v1/workflows/{workflow_id}/deliveries/{delivery_id}", path));
  const replay = useAct(() => api.POST("/v1/workflows/{workflow_id}/deliveries/{delivery_id}/replay", path), { touches: [["webhook-calls"]], says: "It runs again." });
  return (
    <Dialog title="A webhook's call" open onClose={onClose} wide>
      <Await query={found} shape="text">
        {(call) => (
          <>
            <Facts facts={[
              ["Verdict", <span className={`chip ${TONES[call.verdict]}`}>{call.verdict}</span>], call.reason !== null && ["Why", call.reason],
              ["Received", new Date(call.received_at).toLocaleString()], ["From", call.address], ["Content", `${call.content_type ?? "none"}, ${call.size} bytes`],
              call.execution_id !== null && ["Execution", <Link to="/executions/$executionId" params={{ executionId: call.execution_id }}>Show it</Link>],
            ]} />
            <h3>Body{call.truncated && " (cut off)"}</h3>
            <pre className="json" tabIndex={0}>{typeof call.body === "string" ? call.body : JSON.stringify(call.body, null, 2)}</pre>
            <details><summary>Headers</summary><pre className="json" tabIndex={0}>{JSON.stringify(call.headers, null, 2)}</pre></details>
          </>
        )}
      </Await>
      <Complaint error={replay.error} />
      {can("executions:run") && <footer><button type="button" className="button primary" disabled={replay.isPending} onClick={() => replay.mutate()}><RotateCw size={15} aria-hidden /> Replay</button></footer>}
    </Dialog>
  );
}
