/** What an endpoint was sent: each message with its attempts, and sending one again. */

import { useInfiniteQuery } from "@tanstack/react-query";
import { MailQuestion, RotateCw } from "lucide-react";
import { useState } from "react";

import { useCan } from "../api/account";
import { api, ok, type Schemas } from "../api/client";
import { useAct, useLoad } from "../api/use";
import { Facts } from "../ui/extras";
import { Await, Empty, Section, Skeleton } from "../ui/page";
import { Complaint, Dialog, Moment } from "../ui/parts";

type Status = Schemas["WebhookMessage"]["status"];

const STATES: Record<Status, readonly [string, string]> = { delivered: ["good", "taken"], pending: ["accent", "under way"], dead: ["bad", "given up"] };
const State = ({ status }: { status: Status }) => <span className={`chip ${STATES[status][0]}`}>{STATES[status][1]}</span>;

export function Messages({ endpointId }: { endpointId: string }) {
  const [status, setStatus] = useState<Status | "">("");
  const [open, setOpen] = useState<string | null>(null);
  const found = useInfiniteQuery({
    queryKey: ["webhook-messages", endpointId, status],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) => ok(api.GET("/v1/webhooks/{webhook_id}/messages", { params: { path: { webhook_id: endpointId }, query: { ...(status === "" ? {} : { status }), ...(pageParam === null ? {} : { cursor: pageParam }) } } })),
    getNextPageParam: (page) => page.next,
    refetchInterval: 3_000,
  });
  const items = found.data?.pages.flatMap((page) => page.items) ?? [];
  const choice = (
    <select aria-label="State" value={status} onChange={(event) => setStatus(event.target.value as Status | "")}>
      <option value="">Every state</option>{Object.entries(STATES).map(([value, [, label]]) => <option key={value} value={value}>{label}</option>)}
    </select>
  );
  return (
    <Section title="Messages" actions={choice}>
      <Complaint error={found.error} />
      {found.isPending ? <Skeleton /> : items.length === 0 ? <Empty icon={MailQuestion} title="Nothing was sent yet">Send a test to see how a call looks.</Empty> : (
        <div className="card scroll">
          <table className="table">
            <thead><tr><th>Event</th><th>State</th><th className="right">Attempts</th><th className="extra">Next</th></tr></thead>
            <tbody>
              {items.map((item) => (
                <tr key={item.id}>
                  <td><button type="button" className="linkish strong" onClick={() => setOpen(item.id)}>{item.type}</button><span className="sub"><Moment at={item.created_at} /></span></td>
                  <td><State status={item.status} /></td><td className="right numbers">{item.attempts}</td>
                  <td className="muted extra">{item.next_at === null ? "–" : <Moment at={item.next_at} />}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {found.hasNextPage && <button type="button" className="button" onClick={() => void found.fetchNextPage()}>Show more</button>}
      {open !== null && <Message endpointId={endpointId} id={open} onClose={() => setOpen(null)} />}
    </Section>
  );
}

function Message({ endpointId, id, onClose }: { endpointId: string; id: string; onClose: () => void }) {
  const may = useCan()("webhooks:write");
  const path = { params: { path: { webhook_id: endpointId, message_id: id } } };
  const found = useLoad(["webhook-messages", endpointId, "one", id], () => api.GET("/v1/webhooks/{webhook_id}/messages/{message_id}", path), { every: (data) => (data?.status === "pending" ? 2_000 : false) });
  const replay = useAct(() => api.POST("/v1/webhooks/{webhook_id}/messages/{message_id}/replay", path), { touches: [["webhook-messages", endpointId]], says: "It goes out again." });
  return (
    <Dialog title="A message" open onClose={onClose} wide>
      <Await query={found} shape="text">
        {(message) => (
          <>
            <Facts facts={[["Event", <code>{message.type}</code>], ["State", <State status={message.status} />], ["Made", new Date(message.created_at).toLocaleString()], message.next_at !== null && ["Tried again", <Moment at={message.next_at} />]]} />
            {message.tries.length > 0 && <Tries tries={message.tries} />}
            <h3>Body</h3>
            <pre className="json" tabIndex={0}>{JSON.stringify(message.payload, null, 2)}</pre>
          </>
        )}
      </Await>
      <Complaint error={replay.error} />
      {may && <footer><button type="button" className="button primary" disabled={replay.isPending || found.data?.status === "pending"} onClick={() => replay.mutate()}><RotateCw size={15} aria-hidden /> Send it again</button></footer>}
    </Dialog>
  );
}

const Tries = ({ tries }: { tries: readonly Schemas["WebhookAttempt"][] }) => (
  <div className="inset">
    <table className="table dense">
      <thead><tr><th>Attempt</th><th>Answer</th><th className="right">Took</th></tr></thead>
      <tbody>
        {tries.map((attempt) => (
          <tr key={attempt.at}>
            <td className="muted"><Moment at={attempt.at} /></td>
            <td>{attempt.status !== null && <span className={`chip ${attempt.status < 300 ? "good" : "bad"}`}>{attempt.status}</span>} {attempt.problem}{attempt.response !== null && attempt.response !== "" && <span className="sub mono wrap">{attempt.response.slice(0, 300)}</span>}</td>
            <td className="right numbers">{attempt.milliseconds} ms</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);
