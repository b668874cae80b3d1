/** What was sent, templates, accounts at providers, and addresses that get nothing. */

import { Link, useNavigate } from "@tanstack/react-router";
import { BellRing, FileText, MailX, Plus } from "lucide-react";
import { useState } from "react";

import { useCan } from "../api/account";
import { api, type Schemas } from "../api/client";
import { useWho } from "../api/people";
import { useAct, useLoad } from "../api/use";
import { Tabs } from "../ui/extras";
import { Await, Empty, Page } from "../ui/page";
import { Complaint, Dialog, Moment } from "../ui/parts";
import { Providers } from "./Providers";

const TONES: Record<string, string> = { sent: "accent", delivered: "good", opened: "good", clicked: "good", failed: "bad", bounced: "bad", complained: "bad", suppressed: "warn", held: "warn" };

export function NotificationsPage() {
  const can = useCan();
  const [tab, setTab] = useState("sent");
  return (
    <Page title="Notifications" lead="E-mail, SMS, push, chat and messages in the console: what was sent, and what it looks like."
      actions={can("notifications:write") && <Link to="/notifications/templates/$templateId" params={{ templateId: "new" }} className="button primary"><Plus size={16} aria-hidden /> New template</Link>}>
      <Tabs label="Views" value={tab} onChange={setTab} tabs={[
        { value: "sent", label: "Sent", content: <Sent /> },
        { value: "templates", label: "Templates", content: <Templates /> },
        { value: "suppressed", label: "Suppressed", content: <Suppressed /> },
        ...(can("notification-providers:write") ? [{ value: "providers", label: "Providers", content: <Providers /> }] : []),
      ]} />
    </Page>
  );
}

const titled = (category: string): string => `${category.charAt(0).toUpperCase()}${category.slice(1).replaceAll(/[-_]/g, " ")}`;

function Sent() {
  const who = useWho();
  const [open, setOpen] = useState<string | null>(null);
  const found = useLoad(["notifications"], () => api.GET("/v1/notifications", { params: { query: { limit: 100 } } }), { every: 10_000 });
  return (
    <Await query={found}>
      {({ items }) => items.length === 0 ? <Empty icon={BellRing} title="Nothing sent yet">What workflows and people send is listed here, with what became of it.</Empty> : (
        <div className="card scroll">
          <table className="table">
            <thead><tr><th>About</th><th>Sent</th><th>What became of it</th><th className="extra">When</th></tr></thead>
            <tbody>
              {items.map((item) => (
                <tr key={item.id}>
                  <td><button type="button" className="linkish strong" onClick={() => setOpen(item.id)}>{titled(item.category)}</button>{item.priority !== "normal" && <span className="chip">{item.priority}</span>}</td>
                  <td className="muted">{item.channels.join(", ").replaceAll("_", " ")}<span className="sub">from {who(item.created_by)}</span></td>
                  <td><span className="chips">{Object.entries(item.progress).map(([status, number]) => <span key={status} className={`chip ${TONES[status] ?? ""}`}>{number} {status}</span>)}</span></td>
                  <td className="muted extra"><Moment at={item.created_at} /></td>
                </tr>
              ))}
            </tbody>
          </table>
          {open !== null && <Deliveries id={open} onClose={() => setOpen(null)} />}
        </div>
      )}
    </Await>
  );
}

function Deliveries({ id, onClose }: { id: string; onClose: () => void }) {
  const can = useCan();
  const who = useWho();
  // In the console a message goes to a person, not to an address.
  const addressee = ({ address, recipient }: Schemas["Delivery"]): string => (/^[0-9a-f-]{36}$/.test(address || recipient) ? who(`user:${address || recipient}`) : address || recipient);
  const found = useLoad(["notifications", id], () => api.GET("/v1/notifications/{notification_id}/deliveries", { params: { path: { notification_id: id }, query: { limit: 100 } } }));
  const resend = useAct((delivery: string) => api.POST("/v1/deliveries/{delivery_id}/resend", { params: { path: { delivery_id: delivery } } }), { touches: [["notifications"]], says: "It is sent again." });
  return (
    <Dialog title="Deliveries" open onClose={onClose} wide>
      <Complaint error={resend.error} />
      <Await query={found}>
        {({ items }) => (
          <div className="inset scroll"><table className="table dense">
            <thead><tr><th>To</th><th>Status</th><th className="extra">Changed</th><th><span className="visually-hidden">Actions</span></th></tr></thead>
            <tbody>
              {items.map((item) => (
                <tr key={item.id}>
                  <td>{addressee(item)}<span className="sub">{item.channel.replaceAll("_", " ")}{item.reason !== null && `: ${item.reason}`}</span></td>
                  <td><span className={`chip ${TONES[item.status] ?? ""}`}>{item.status}</span></td>
                  <td className="muted extra"><Moment at={item.updated_at} /></td>
                  <td className="row-acts">{can("notifications:send") && ["failed", "bounced", "expired"].includes(item.status) && <button type="button" className="button small-button" onClick={() => resend.mutate(item.id)}>Send again</button>}</td>
                </tr>
              ))}
            </tbody>
          </table></div>
        )}
      </Await>
    </Dialog>
  );
}

type TemplateRow = Pick<Schemas["NotificationsTemplate"], "id" | "name" | "kind" | "category" | "version" | "updated_at">;

function Templates() {
  const navigate = useNavigate();
  const found = useLoad(["notification-templates"], () => api.GET("/v1/notification-templates", { params: { query: { limit: 100 } } }));
  return (
    <Await query={found}>
      {({ items }) => items.length === 0 ? <Empty icon={FileText} title="No template yet">Texts by language and channel, with what your data fills in.</Empty> : (
        <div className="card scroll">
          <table className="table">
            <thead><tr><th>Template</th><th className="extra">Category</th><th>Version</th><th className="extra">Changed</th></tr></thead>
            <tbody>
              {(items as unknown as TemplateRow[]).map((item) => (
                <tr key={item.id}>
                  <td><button type="button" className="linkish strong" onClick={() => void navigate({ to: "/notifications/templates/$templateId", params: { templateId: item.id } })}>{item.name}</button>{item.kind === "layout" && <span className="chip">layout</span>}</td>
                  <td className="muted extra">{item.category}</td><td className="muted">{item.version}</td><td className="muted extra"><Moment at={item.updated_at} /></td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Await>
  );
}

function Suppressed() {
  const may = useCan()("notifications:write");
  const found = useLoad(["suppressions"], () => api.GET("/v1/notification-suppressions", { params: { query: { limit: 100 } } }));
  const release = useAct((item: Schemas["Suppression"]) => api.DELETE("/v1/notification-suppressions", { params: { query: { channel: item.channel, address: item.address, category: item.category } } }), { touches: [["suppressions"]], says: "The address gets messages again." });
  return (
    <>
      <Complaint error={release.error} />
      <Await query={found}>
        {({ items }) => items.length === 0 ? <Empty icon={MailX} title="No address is suppressed">Addresses that bounced, complained or unsubscribed get nothing more; they are listed here.</Empty> : (
          <div className="card scroll"><table className="table">
            <thead><tr><th>Address</th><th>About</th><th>Why</th><th className="extra">Since</th><th><span className="visually-hidden">Actions</span></th></tr></thead>
            <tbody>
              {items.map((item) => (
                <tr key={item.channel + item.address + item.category}>
                  <td>{item.address}<span className="sub">{item.channel}</span></td><td className="muted">{item.category === "*" ? "everything" : item.category}</td><td className="muted">{item.reason}</td><td className="muted extra"><Moment at={item.created_at} /></td>
                  <td className="row-acts">{may && <button type="button" className="button quiet small-button" aria-label={`Release ${item.address}`} onClick={() => release.mutate(item)}>Release</button>}</td>
                </tr>
              ))}
            </tbody>
          </table></div>
        )}
      </Await>
    </>
  );
}
