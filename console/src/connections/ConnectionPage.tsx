/** One connection: its state, what uses it, who may, and new credentials. */

import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { FlaskConical, FolderInput, KeyRound, RotateCcwKey, Trash2 } from "lucide-react";
import { useState } from "react";

import { useCan } from "../api/account";
import { api, type Asked, type Schemas } from "../api/client";
import { useAct, useLoad } from "../api/use";
import { MoveDialog } from "../folders/MoveDialog";
import { Sharing } from "../settings/Sharing";
import { Confirm, Facts } from "../ui/extras";
import { Form, Switch, TextField } from "../ui/forms";
import { Await, Page, Section } from "../ui/page";
import { Complaint, Dialog, Moment } from "../ui/parts";
import { AuthFields } from "./AuthFields";
import { ConnectionState } from "./ConnectionList";
import { begin, complete, kindOf, type Auth } from "./kinds";
import { useConsent } from "./useConsent";

type Connection = Schemas["Connection"];

export function ConnectionPage() {
  const { connectionId } = useParams({ from: "/inside/connections/$connectionId" });
  const found = useLoad(["connection", connectionId], () => api.GET("/v1/connections/{connection_id}", { params: { path: { connection_id: connectionId } } }));
  return (
    <Page title={found.data?.title ?? "Connection"} lead={found.data !== undefined && <code>{found.data.name}</code>} back={{ to: "/connections", label: "Connections" }} badge={found.data !== undefined && <ConnectionState connection={found.data} />}>
      <Await query={found} shape="text">{(connection) => <Detail connection={connection} />}</Await>
    </Page>
  );
}

const agrees = ({ kind, settings }: Connection): boolean =>
  (kind === "oauth2" && settings["grant"] === "authorization_code") || (kind === "oauth1" && settings["authorize_url"] != null);

function Detail({ connection }: { connection: Connection }) {
  const may = useCan()("connections:write");
  const kind = kindOf(connection.kind);
  const path = { params: { path: { connection_id: connection.id } } };
  const touches = [["connection", connection.id], ["connections"]];
  const test = useAct(() => api.POST("/v1/connections/{connection_id}/test", path), { touches });
  const change = useAct((body: Schemas["ConnectionChange"]) => api.PATCH("/v1/connections/{connection_id}", { ...path, body }), { touches, says: "Kept." });
  const consent = useConsent(connection.id);
  const [dialog, setDialog] = useState<"rotate" | "move" | "delete" | null>(null);
  const shown = Object.entries(connection.settings).filter(([name, value]) => name !== "kind" && value !== null && value !== "" && JSON.stringify(value) !== "[]" && JSON.stringify(value) !== "{}");
  return (
    <div className="split">
      <div className="stack" style={{ gap: 24 }}>
        <section className="card panel" aria-label="State">
          {connection.state_detail !== "" && <p className={connection.state === "fails" ? "complaint" : "muted"}>{connection.state_detail}</p>}
          {test.data !== undefined && <p className={`banner ${test.data.works ? "good" : ""}`} role="status">{test.data.works ? "It works." : "It does not work."} {test.data.detail}</p>}
          <Complaint error={test.error ?? consent.error ?? change.error} />
          {may ? (
            <div className="actions">
              {agrees(connection) && <button type="button" className="button primary" disabled={consent.pending} onClick={consent.ask}><KeyRound size={15} aria-hidden /> {connection.state === "unauthorized" || connection.state === "untested" ? "Agree at the provider" : "Agree again"}</button>}
              <button type="button" className="button" disabled={test.isPending} onClick={() => test.mutate()}><FlaskConical size={15} aria-hidden /> {test.isPending ? "Testing …" : "Test"}</button>
              <button type="button" className="button" onClick={() => setDialog("rotate")}><RotateCcwKey size={15} aria-hidden /> Replace credentials</button>
              <button type="button" className="button" onClick={() => setDialog("move")}><FolderInput size={15} aria-hidden /> Move</button>
              <button type="button" className="button danger" onClick={() => setDialog("delete")}><Trash2 size={15} aria-hidden /> Delete</button>
            </div>
          ) : <p className="muted">Your role may see connections, not change them.</p>}
        </section>
        <Uses id={connection.id} />
        <Section title="Who may use it">
          <div className="card panel">
            <Switch label="Only those named below" hint="And its maker, owners and admins. Else everybody who builds workflows." checked={connection.restricted} disabled={!may || change.isPending} onChange={(restricted) => change.mutate({ restricted })} />
          </div>
          <Sharing kind="connection" id={connection.id} />
        </Section>
      </div>
      <aside className="card panel">
        <Facts facts={[
          ["Kind", kind?.title ?? connection.kind],
          ...shown.map(([name, value]) => [name.replaceAll("_", " "), typeof value === "string" ? value : Array.isArray(value) ? value.join(", ") : JSON.stringify(value)] as const),
          ...Object.keys(connection.references ?? {}).map((name) => [name.replaceAll("_", " "), "kept in AWS"] as const),
          ["Tested", connection.tested_at === null ? "never" : <Moment at={connection.tested_at} />],
          ["Credentials", <>version {connection.version}, <Moment at={connection.rotated_at} /></>],
          connection.expires_at !== null && ["Expires", <Moment at={connection.expires_at} />],
        ]} />
        {may && <Rename key={connection.title} title={connection.title} onRename={(title) => change.mutate({ title })} />}
      </aside>
      {dialog === "rotate" && <Rotate connection={connection} onClose={() => setDialog(null)} />}
      {dialog === "move" && <MoveDialog kind="connection" id={connection.id} name={connection.title} folder={connection.folder_id} onClose={() => setDialog(null)} />}
      <Remove connection={connection} open={dialog === "delete"} onClose={() => setDialog(null)} />
    </div>
  );
}

function Rename({ title, onRename }: { title: string; onRename: (title: string) => void }) {
  const [text, setText] = useState(title);
  return (
    <Form onSubmit={() => onRename(text)}>
      <TextField label="Title" value={text} onChange={setText} required maxLength={200} />
      {text !== title && <button className="button">Rename</button>}
    </Form>
  );
}

function Uses({ id }: { id: string }) {
  const found = useLoad(["connection", id, "uses"], () => api.GET("/v1/connections/{connection_id}/uses", { params: { path: { connection_id: id } } }));
  return (
    <Section title="What uses it">
      <Await query={found} shape="text">
        {(uses) => uses.length === 0 ? <p className="card panel muted">No workflow uses it yet.</p> : (
          <div className="card scroll">
            <table className="table"><tbody>
              {uses.map((use) => (
                <tr key={use.workflow_id}>
                  <td><Link className="strong" to="/workflows/$workflowId" params={{ workflowId: use.workflow_id }}>{use.workflow}</Link></td>
                  <td className="right">{use.published && <span className="chip good">published</span>}{use.draft && <span className="chip">draft</span>}</td>
                </tr>
              ))}
            </tbody></table>
          </div>
        )}
      </Await>
    </Section>
  );
}

function Rotate({ connection, onClose }: { connection: Connection; onClose: () => void }) {
  const kind = kindOf(connection.kind);
  const [auth, setAuth] = useState<Auth>(() => (kind === undefined ? {} : begin(kind, connection.settings)));
  const replace = useAct(
    () => api.PUT("/v1/connections/{connection_id}/credentials", { params: { path: { connection_id: connection.id } }, body: { auth: complete(kind!, auth) as unknown as Asked<"/v1/connections/{connection_id}/credentials", "put">["auth"] } }),
    { touches: [["connection", connection.id], ["connections"]], says: "The new credentials are in use.", done: onClose },
  );
  return (
    <Dialog title="Replace the credentials" open onClose={onClose}>
      <p className="muted">Settings and secrets are replaced together. Steps use them from now on.</p>
      {kind !== undefined && (
        <Form onSubmit={() => replace.mutate()}>
          <AuthFields kind={kind} auth={auth} onChange={setAuth} />
          <Complaint error={replace.error} />
          <footer><button type="button" className="button" onClick={onClose}>Cancel</button><button className="button primary" disabled={replace.isPending}>Replace</button></footer>
        </Form>
      )}
    </Dialog>
  );
}

function Remove({ connection, open, onClose }: { connection: Connection; open: boolean; onClose: () => void }) {
  const navigate = useNavigate();
  const remove = useAct(() => api.DELETE("/v1/connections/{connection_id}", { params: { path: { connection_id: connection.id } } }), {
    touches: [["connections"]], says: `${connection.title} is deleted.`, done: () => navigate({ to: "/connections", search: {} }),
  });
  return (
    <Confirm title={`Delete ${connection.title}?`} action="Delete" open={open} pending={remove.isPending} error={remove.error} onClose={onClose} onConfirm={() => remove.mutate()}>
      Its secrets go with it. What a published workflow uses cannot be deleted.
    </Confirm>
  );
}
