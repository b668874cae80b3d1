/** One endpoint: what it hears of, how it does, its secret, and every call that was made to it. */

import { useNavigate, useParams } from "@tanstack/react-router";
import { FlaskConical, KeyRound, RotateCw, Trash2 } from "lucide-react";
import { useState } from "react";

import { useCan } from "../api/account";
import { api } from "../api/client";
import { useAct, useLoad } from "../api/use";
import { Acts, Confirm } from "../ui/extras";
import { Form, SelectField, Switch, TextField } from "../ui/forms";
import { Await, Page } from "../ui/page";
import { Complaint, Dialog, Moment } from "../ui/parts";
import { EndpointState, type Endpoint } from "./Endpoints";
import { EventChoice } from "./EventChoice";
import { Messages } from "./Messages";
import { NewSecret } from "./NewSecret";

export function EndpointPage() {
  const { webhookId } = useParams({ from: "/inside/webhooks/$webhookId" });
  const found = useLoad(["webhooks", webhookId], () => api.GET("/v1/webhooks/{webhook_id}", { params: { path: { webhook_id: webhookId } } }));
  return (
    <Page
      title={found.data === undefined ? "Endpoint" : found.data.description || new URL(found.data.url).host} lead={found.data !== undefined && <code>{found.data.url}</code>}
      back={{ to: "/webhooks", label: "Webhooks" }} badge={found.data !== undefined && <EndpointState endpoint={found.data} />} actions={found.data !== undefined && <Actions endpoint={found.data} />}
    >
      <Await query={found} shape="text">{(endpoint) => <Detail key={endpoint.updated_at} endpoint={endpoint} />}</Await>
    </Page>
  );
}

function Actions({ endpoint }: { endpoint: Endpoint }) {
  const may = useCan()("webhooks:write");
  const navigate = useNavigate();
  const [dialog, setDialog] = useState<"secret" | "replay" | "delete" | null>(null);
  const path = { params: { path: { webhook_id: endpoint.id } } };
  const test = useAct(() => api.POST("/v1/webhooks/{webhook_id}/test", path), { touches: [["webhook-messages", endpoint.id]], says: "A test is on its way." });
  const remove = useAct(() => api.DELETE("/v1/webhooks/{webhook_id}", path), { touches: [["webhooks"]], says: "The endpoint is deleted.", done: () => navigate({ to: "/webhooks" }) });
  if (!may) return null;
  const close = (): void => setDialog(null);
  return (
    <>
      <button type="button" className="button" disabled={test.isPending || !endpoint.enabled} onClick={() => test.mutate()}><FlaskConical size={15} aria-hidden /> Send a test</button>
      <Acts label="More" acts={[
        { label: "Send again what was given up", icon: <RotateCw size={15} aria-hidden />, run: () => setDialog("replay") },
        { label: "New secret", icon: <KeyRound size={15} aria-hidden />, run: () => setDialog("secret") },
        { label: "Delete", danger: true, icon: <Trash2 size={15} aria-hidden />, run: () => setDialog("delete") },
      ]} />
      {test.isError && <Complaint error={test.error} />}
      {dialog === "secret" && <Rotate id={endpoint.id} onClose={close} />}
      {dialog === "replay" && <Replay id={endpoint.id} onClose={close} />}
      <Confirm title="Delete this endpoint?" action="Delete" open={dialog === "delete"} pending={remove.isPending} error={remove.error} onClose={close} onConfirm={() => remove.mutate()}>What waits to be sent to it is not sent.</Confirm>
    </>
  );
}

function Detail({ endpoint }: { endpoint: Endpoint }) {
  const may = useCan()("webhooks:write");
  const [url, setUrl] = useState(endpoint.url);
  const [description, setDescription] = useState(endpoint.description);
  const [events, setEvents] = useState<readonly string[]>(endpoint.events);
  const keep = useAct((change: { enabled?: boolean }) => api.PATCH("/v1/webhooks/{webhook_id}", { params: { path: { webhook_id: endpoint.id } }, body: change.enabled === undefined ? { url, description, events: [...events] } : change }), { touches: [["webhooks"]], says: "Kept." });
  return (
    <>
      {endpoint.disabled_reason !== null && <p className="banner warn" role="status">Turned off: {endpoint.disabled_reason}</p>}
      {endpoint.enabled && endpoint.failing_since !== null && <p className="banner warn" role="status"><span>It has taken nothing since <Moment at={endpoint.failing_since} />. After five days it is turned off.</span></p>}
      <div className="split">
        <Messages endpointId={endpoint.id} />
        <Form className="card panel" label="Endpoint" onSubmit={() => keep.mutate({})}>
          <Switch label="On" hint="While it is off, it hears of nothing" checked={endpoint.enabled} disabled={!may || keep.isPending} onChange={(enabled) => keep.mutate({ enabled })} />
          <TextField label="Address" type="url" value={url} onChange={setUrl} required disabled={!may} />
          <TextField label="What it is for" value={description} onChange={setDescription} maxLength={500} disabled={!may} />
          <EventChoice events={events} onChange={setEvents} disabled={!may} />
          <Complaint error={keep.error} />
          {may && <footer><button className="button primary" disabled={events.length === 0 || keep.isPending}>Save</button></footer>}
        </Form>
      </div>
    </>
  );
}

const OVERLAPS = [{ value: "0", label: "stops at once" }, { value: "24", label: "signs for another day" }, { value: "168", label: "signs for another week" }];

function Rotate({ id, onClose }: { id: string; onClose: () => void }) {
  const [hours, setHours] = useState("24");
  const rotate = useAct(() => api.POST("/v1/webhooks/{webhook_id}/secret", { params: { path: { webhook_id: id } }, body: { overlap_hours: Number(hours) } }));
  if (rotate.data !== undefined) return <NewSecret secret={rotate.data.secret} onClose={onClose} />;
  return (
    <Dialog title="A new signing secret" open onClose={onClose}>
      <Form onSubmit={() => rotate.mutate()}>
        <SelectField label="The secret of today" value={hours} options={OVERLAPS} onChange={setHours} hint="Until then calls carry both signatures" />
        <Complaint error={rotate.error} />
        <footer><button type="button" className="button" onClick={onClose}>Cancel</button><button className="button primary" disabled={rotate.isPending}>Make it</button></footer>
      </Form>
    </Dialog>
  );
}

const SINCE = [{ value: "1", label: "the last day" }, { value: "7", label: "the last week" }, { value: "30", label: "the last thirty days" }];

function Replay({ id, onClose }: { id: string; onClose: () => void }) {
  const [days, setDays] = useState("7");
  const replay = useAct(() => api.POST("/v1/webhooks/{webhook_id}/replay", { params: { path: { webhook_id: id } }, body: { since: new Date(Date.now() - Number(days) * 86_400_000).toISOString() } }), {
    touches: [["webhook-messages", id]], says: ({ messages }) => `${messages} ${messages === 1 ? "message goes" : "messages go"} out again.`, done: onClose,
  });
  return (
    <Dialog title="Send again what was given up" open onClose={onClose}>
      <Form onSubmit={() => replay.mutate()}>
        <SelectField label="Since" value={days} options={SINCE} onChange={setDays} />
        <Complaint error={replay.error} />
        <footer><button type="button" className="button" onClick={onClose}>Cancel</button><button className="button primary" disabled={replay.isPending}>Send</button></footer>
      </Form>
    </Dialog>
  );
}
