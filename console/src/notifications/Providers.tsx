/** Accounts at providers: through whom messages go. */

import { Send, Trash2 } from "lucide-react";
import { useState } from "react";

import { api, type Schemas } from "../api/client";
import { useAct, useLoad } from "../api/use";
import { Acts } from "../ui/extras";
import { Form, SelectField, TextArea, TextField } from "../ui/forms";
import { Await, Empty, Section } from "../ui/page";
import { Complaint, Dialog, Moment } from "../ui/parts";

type Account = Schemas["ProviderAccount"]["account"];
type Sort = "smtp" | "twilio" | "firebase" | "slack" | "teams" | "discord";

interface SortField {
  name: string;
  label: string;
  secret?: boolean;
  optional?: boolean;
  placeholder?: string;
  lines?: boolean;
}

const SORTS: Record<Sort, { label: string; channel: string; fields: readonly SortField[] }> = {
  smtp: { label: "A mail server (SMTP)", channel: "email", fields: [{ name: "host", label: "Host" }, { name: "sender", label: "Sender", placeholder: "Acme <news@acme.example>" }, { name: "username", label: "User", optional: true }, { name: "secret", label: "Password", secret: true, optional: true }] },
  twilio: { label: "Twilio (SMS)", channel: "sms", fields: [{ name: "account_sid", label: "Account SID", placeholder: "AC…" }, { name: "sender", label: "Number", placeholder: "+15005550006" }, { name: "secret", label: "Auth token", secret: true }] },
  firebase: { label: "Firebase (push)", channel: "push", fields: [{ name: "secret", label: "Service account's key (JSON)", lines: true }] },
  slack: { label: "Slack", channel: "chat", fields: [{ name: "secret", label: "Webhook's address", secret: true }] },
  teams: { label: "Microsoft Teams", channel: "chat", fields: [{ name: "secret", label: "Webhook's address", secret: true }] },
  discord: { label: "Discord", channel: "chat", fields: [{ name: "secret", label: "Webhook's address", secret: true }] },
};

type Channel = "email" | "sms" | "push" | "in_app" | "chat";

export function Providers() {
  const [adding, setAdding] = useState(false);
  const found = useLoad(["notification-providers"], () => api.GET("/v1/notification-providers"));
  const forget = useAct((each: Schemas["NotificationsProvider"]) => api.DELETE("/v1/notification-providers/{channel}/{name}", { params: { path: { channel: each.channel, name: each.name } } }), { touches: [["notification-providers"]], says: "The account is forgotten." });
  return (
    <Section title="Accounts" lead="E-mail goes by Amazon SES until you set a mail server of your own." actions={<button type="button" className="button" onClick={() => setAdding(true)}>Set an account</button>}>
      <Complaint error={forget.error} />
      <Await query={found}>
        {(providers) => providers.length === 0 ? <Empty icon={Send} title="No account yet">SMS, push and chat need one.</Empty> : (
          <div className="card scroll"><table className="table"><tbody>
            {providers.map((each) => (
              <tr key={each.channel + each.name}><td><span className="strong">{each.kind}</span><span className="sub">{each.channel} · {each.name}</span></td><td className="muted"><Moment at={each.updated_at} /></td>
                <td className="row-acts"><Acts label={`Actions for ${each.kind}`} acts={[{ label: "Forget it", danger: true, icon: <Trash2 size={15} aria-hidden />, run: () => forget.mutate(each) }]} /></td></tr>
            ))}
          </tbody></table></div>
        )}
      </Await>
      {adding && <AccountDialog onClose={() => setAdding(false)} />}
    </Section>
  );
}

function AccountDialog({ onClose }: { onClose: () => void }) {
  const [sort, setSort] = useState<Sort>("smtp");
  const [name, setName] = useState("");
  const [values, setValues] = useState<Record<string, string>>({});
  const { channel, fields } = SORTS[sort];
  const own = channel === "chat";
  const keep = useAct(
    () => api.PUT("/v1/notification-providers/{channel}/{name}", { params: { path: { channel: channel as Channel, name: own ? name : "default" } }, body: { account: { kind: sort, ...Object.fromEntries(fields.flatMap((field) => (values[field.name] ? [[field.name, values[field.name]]] : []))) } as unknown as Account } }),
    { touches: [["notification-providers"]], says: "The account is set.", done: onClose },
  );
  return (
    <Dialog title="Set an account" open onClose={onClose}>
      <Form onSubmit={() => keep.mutate()}>
        <SelectField label="Kind" value={sort} options={(Object.keys(SORTS) as Sort[]).map((value) => ({ value, label: SORTS[value].label }))} onChange={(value) => { setSort(value); setValues({}); }} />
        {own && <TextField label="Name" hint={`Addressed as chat:${name || "name"}`} value={name} onChange={setName} required />}
        {fields.map(({ name: field, label, secret = false, optional = false, placeholder = "", lines = false }) => {
          const common = { label, required: !optional, placeholder, value: values[field] ?? "", onChange: (value: string) => setValues({ ...values, [field]: value }) };
          return lines ? <TextArea key={field} className="mono" rows={5} {...common} /> : <TextField key={field} type={secret ? "password" : "text"} autoComplete={secret ? "new-password" : "off"} {...common} />;
        })}
        <Complaint error={keep.error} />
        <footer><button type="button" className="button" onClick={onClose}>Cancel</button><button className="button primary" disabled={keep.isPending}>Save</button></footer>
      </Form>
    </Dialog>
  );
}
