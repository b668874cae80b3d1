/** Addresses that hear of what happens in the workspace. */

import { Link, useNavigate } from "@tanstack/react-router";
import { Plus, Send } from "lucide-react";
import { useState } from "react";

import { useCan } from "../api/account";
import { api, type Schemas } from "../api/client";
import { useAct, useLoad } from "../api/use";
import { Form, TextField } from "../ui/forms";
import { Await, Empty } from "../ui/page";
import { Complaint, Dialog, Moment } from "../ui/parts";
import { EventChoice } from "./EventChoice";
import { NewSecret } from "./NewSecret";

export type Endpoint = Schemas["WebhookEndpoint"];

/** How an endpoint does, in a word. */
export function EndpointState({ endpoint }: { endpoint: Endpoint }) {
  if (!endpoint.enabled) return <span className="chip bad" title={endpoint.disabled_reason ?? ""}>off</span>;
  if (endpoint.failing_since !== null) return <span className="chip warn">failing</span>;
  return <span className="chip good">on</span>;
}

export function Endpoints() {
  const may = useCan()("webhooks:write");
  const [making, setMaking] = useState(false);
  const found = useLoad(["webhooks"], () => api.GET("/v1/webhooks"));
  const create = may && <button type="button" className="button primary" onClick={() => setMaking(true)}><Plus size={16} aria-hidden /> New endpoint</button>;
  return (
    <>
      <Await query={found}>
        {(endpoints) => endpoints.length === 0 ? (
          <Empty icon={Send} title="No endpoint yet" actions={create}>An endpoint of yours is told when executions end, versions go live, people are asked, connections run out.</Empty>
        ) : (
          <>
            <div className="tools"><span className="grow muted">Each call is signed, tried for three days, and kept for thirty.</span>{create}</div>
            <List endpoints={endpoints} />
          </>
        )}
      </Await>
      {making && <NewEndpoint onClose={() => setMaking(false)} />}
    </>
  );
}

const List = ({ endpoints }: { endpoints: readonly Endpoint[] }) => (
  <div className="card scroll">
    <table className="table">
      <thead><tr><th>Endpoint</th><th>State</th><th className="extra">Hears of</th><th className="extra">Changed</th></tr></thead>
      <tbody>
        {endpoints.map((endpoint) => (
          <tr key={endpoint.id}>
            <td><Link className="strong wrap" to="/webhooks/$webhookId" params={{ webhookId: endpoint.id }}>{endpoint.description || endpoint.url}</Link>{endpoint.description !== "" && <span className="sub mono wrap">{endpoint.url}</span>}</td>
            <td><EndpointState endpoint={endpoint} /></td>
            <td className="extra"><span className="chips">{endpoint.events.map((event) => <span key={event} className="chip">{event === "*" ? "everything" : event}</span>)}</span></td>
            <td className="muted extra"><Moment at={endpoint.updated_at} /></td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

function NewEndpoint({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const [url, setUrl] = useState("");
  const [description, setDescription] = useState("");
  const [events, setEvents] = useState<readonly string[]>(["*"]);
  const make = useAct(() => api.POST("/v1/webhooks", { body: { url, description, events: [...events] } }), { touches: [["webhooks"]] });
  if (make.data !== undefined) {
    const { id, secret } = make.data;
    return <NewSecret secret={secret} onClose={() => { onClose(); void navigate({ to: "/webhooks/$webhookId", params: { webhookId: id } }); }} />;
  }
  return (
    <Dialog title="New endpoint" open onClose={onClose}>
      <Form onSubmit={() => make.mutate()}>
        <TextField label="Address" type="url" value={url} onChange={setUrl} required placeholder="https://ops.example.com/statewright" />
        <TextField label="What it is for" value={description} onChange={setDescription} maxLength={500} placeholder="Tells the on-call channel" />
        <EventChoice events={events} onChange={setEvents} />
        <Complaint error={make.error} />
        <footer><button type="button" className="button" onClick={onClose}>Cancel</button><button className="button primary" disabled={events.length === 0 || make.isPending}>Create</button></footer>
      </Form>
    </Dialog>
  );
}
