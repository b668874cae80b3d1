/** API keys and service accounts. */

import { Bot, KeyRound, Plus } from "lucide-react";
import { useState } from "react";

import { useCan } from "../api/account";
import { api, type Schemas } from "../api/client";
import { useAct, useLoad } from "../api/use";
import { Confirm, Copyable } from "../ui/extras";
import { Form, SelectField, TextField } from "../ui/forms";
import { Await, Empty, Section } from "../ui/page";
import { Complaint, Dialog, Moment } from "../ui/parts";
import { useRoleNames } from "./People";

type Account = Schemas["ServiceAccount"];
const ENDS = [{ value: "30", label: "30 days" }, { value: "90", label: "90 days" }, { value: "365", label: "a year" }, { value: "", label: "no end" }];

export function Keys() {
  const can = useCan();
  const accounts = useLoad(["service-accounts"], () => api.GET("/v1/service-accounts"), { enabled: can("service-accounts:read") });
  return <><ApiKeys accounts={accounts.data ?? []} />{can("service-accounts:read") && <Accounts />}</>;
}

function ApiKeys({ accounts }: { accounts: readonly Account[] }) {
  const may = useCan()("keys:write");
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<Schemas["ApiKeyInfo"] | null>(null);
  const found = useLoad(["keys"], () => api.GET("/v1/auth/api-keys"));
  const revoke = useAct((id: string) => api.DELETE("/v1/auth/api-keys/{key_id}", { params: { path: { key_id: id } } }), { touches: [["keys"]], says: "The key is revoked.", done: () => setRevoking(null) });
  const create = may && <button type="button" className="button primary" onClick={() => setMaking(true)}><Plus size={15} aria-hidden /> New key</button>;
  return (
    <Section title="API keys" lead="For programs. A key never allows more than whoever it belongs to may." actions={create}>
      <Await query={found}>
        {(keys) => keys.length === 0 ? <Empty icon={KeyRound} title="No key yet">Programs call the API with <code>Authorization: Bearer sw_…</code>.</Empty> : (
          <div className="card scroll">
            <table className="table">
              <thead><tr><th>Key</th><th>Role</th><th className="extra">Last used</th><th className="extra">Ends</th><th><span className="visually-hidden">Actions</span></th></tr></thead>
              <tbody>
                {keys.map((key) => (
                  <tr key={key.id}>
                    <td><span className="strong">{key.name}</span><span className="sub mono">{key.hint}{key.service_account_id !== null && ` · ${accounts.find(({ id }) => id === key.service_account_id)?.name ?? "service account"}`}</span></td>
                    <td>{key.role}{key.permissions !== null && <span className="chip" title={key.permissions.join(", ")}>{key.permissions.length} permissions</span>}</td>
                    <td className="muted extra">{key.last_used_at === null ? "never" : <Moment at={key.last_used_at} />}</td>
                    <td className="muted extra">{key.expires_at === null ? "–" : <Moment at={key.expires_at} />}</td>
                    <td className="row-acts">{may && <button type="button" className="button quiet small-button" aria-label={`Revoke ${key.name}`} onClick={() => setRevoking(key)}>Revoke</button>}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Await>
      {making && <NewKey accounts={accounts} onClose={() => setMaking(false)} />}
      <Confirm title={`Revoke ${revoking?.name ?? ""}?`} action="Revoke" open={revoking !== null} pending={revoke.isPending} error={revoke.error} onClose={() => setRevoking(null)} onConfirm={() => revoking !== null && revoke.mutate(revoking.id)}>Programs that use it are refused from then on.</Confirm>
    </Section>
  );
}

function NewKey({ accounts, onClose }: { accounts: readonly Account[]; onClose: () => void }) {
  const roles = useRoleNames();
  const [name, setName] = useState("");
  const [role, setRole] = useState("operator");
  const [days, setDays] = useState("90");
  const [owner, setOwner] = useState("");
  const make = useAct(
    () => api.POST("/v1/auth/api-keys", { body: { name, role, expires_in_days: days === "" ? null : Number(days), ...(owner === "" ? {} : { service_account_id: owner }) } }),
    { touches: [["keys"]] },
  );
  if (make.data !== undefined) {
    return (
      <Dialog title="Copy the key now" open onClose={onClose}>
        <p className="muted">It is shown this once.</p>
        <Copyable label="API key" text={make.data.key} secret />
        <footer><button type="button" className="button primary" onClick={onClose}>I have copied it</button></footer>
      </Dialog>
    );
  }
  return (
    <Dialog title="New API key" open onClose={onClose}>
      <Form onSubmit={() => make.mutate()}>
        <TextField label="Name" value={name} onChange={setName} required maxLength={100} placeholder="Nightly import" />
        <div className="columns">
          <SelectField label="Role" value={role} options={roles} onChange={setRole} />
          <SelectField label="Works for" value={days} options={ENDS} onChange={setDays} />
        </div>
        {accounts.length > 0 && <SelectField label="Acts for" value={owner} options={[{ value: "", label: "Me" }, ...accounts.map(({ id, name: label }) => ({ value: id, label }))]} onChange={setOwner} />}
        <Complaint error={make.error} />
        <footer><button type="button" className="button" onClick={onClose}>Cancel</button><button className="button primary" disabled={make.isPending}>Create</button></footer>
      </Form>
    </Dialog>
  );
}

function Accounts() {
  const may = useCan()("service-accounts:write");
  const [making, setMaking] = useState(false);
  const found = useLoad(["service-accounts"], () => api.GET("/v1/service-accounts"));
  const remove = useAct((id: string) => api.DELETE("/v1/service-accounts/{account_id}", { params: { path: { account_id: id } } }), { touches: [["service-accounts"], ["keys"]], says: "The service account and its keys are gone." });
  return (
    <Section title="Service accounts" lead="Owners of keys that belong to no person." actions={may && <button type="button" className="button" onClick={() => setMaking(true)}><Plus size={15} aria-hidden /> New account</button>}>
      <Complaint error={remove.error} />
      <Await query={found}>
        {(accounts) => accounts.length === 0 ? <p className="card panel muted">None yet.</p> : (
          <div className="card scroll"><table className="table"><tbody>
            {accounts.map((account) => (
              <tr key={account.id}>
                <td><span className="person"><Bot size={17} aria-hidden className="muted" /><span className="strong">{account.name}</span></span></td><td>{account.role}</td><td className="muted"><Moment at={account.created_at} /></td>
                <td className="row-acts">{may && <button type="button" className="button quiet small-button" aria-label={`Delete ${account.name}`} onClick={() => remove.mutate(account.id)}>Delete</button>}</td>
              </tr>
            ))}
          </tbody></table></div>
        )}
      </Await>
      {making && <NewAccount onClose={() => setMaking(false)} />}
    </Section>
  );
}

function NewAccount({ onClose }: { onClose: () => void }) {
  const roles = useRoleNames();
  const [name, setName] = useState("");
  const [role, setRole] = useState("operator");
  const make = useAct(() => api.POST("/v1/service-accounts", { body: { name, role } }), { touches: [["service-accounts"]], says: "The account is made. Give it a key.", done: onClose });
  return (
    <Dialog title="New service account" open onClose={onClose}>
      <Form onSubmit={() => make.mutate()}>
        <TextField label="Name" value={name} onChange={setName} required maxLength={100} />
        <SelectField label="Role" value={role} options={roles} onChange={setRole} />
        <Complaint error={make.error} />
        <footer><button type="button" className="button" onClick={onClose}>Cancel</button><button className="button primary" disabled={make.isPending}>Create</button></footer>
      </Form>
    </Dialog>
  );
}
