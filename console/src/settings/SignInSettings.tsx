/** How people sign in: identity providers, and provisioning by SCIM. */

import { KeySquare, Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";

import { useAccount, useCan } from "../api/account";
import { api, Problem, type Schemas } from "../api/client";
import { useAct, useLoad } from "../api/use";
import { Acts, Confirm, Copyable, Facts } from "../ui/extras";
import { Form, SelectField } from "../ui/forms";
import { Await, Empty, Section } from "../ui/page";
import { Complaint, Dialog, Moment } from "../ui/parts";
import { useRoleNames } from "./People";
import { ProviderDialog } from "./ProviderDialog";

type Provider = Schemas["AuthProvider"];

export function SignInSettings() {
  return <><Providers /><Provisioning /></>;
}

function Providers() {
  const may = useCan()("identity:write");
  const workspace = useAccount().data?.workspace_id ?? "";
  const [edited, setEdited] = useState<Provider | "new" | null>(null);
  const [removed, setRemoved] = useState<Provider | null>(null);
  const found = useLoad(["identity-providers"], () => api.GET("/v1/identity-providers"));
  const remove = useAct((id: string) => api.DELETE("/v1/identity-providers/{provider_id}", { params: { path: { provider_id: id } } }), { touches: [["identity-providers"]], says: "The provider is removed.", done: () => setRemoved(null) });
  const create = may && <button type="button" className="button primary" onClick={() => setEdited("new")}><Plus size={15} aria-hidden /> Add a provider</button>;
  return (
    <Section title="Identity providers" lead="Google, Microsoft, GitHub, any OpenID Connect issuer, or SAML 2.0." actions={create}>
      <div className="card panel"><div className="field"><span>Your workspace's sign-in page, with its providers</span><Copyable label="Sign-in page" text={`${location.origin}/sign-in?workspace=${workspace}`} /></div></div>
      <Await query={found}>
        {(providers) => providers.length === 0 ? <Empty icon={KeySquare} title="No provider yet">Let people sign in with the accounts that they have.</Empty> : (
          <div className="stack">{providers.map((provider) => (
            <section key={provider.id} className="card panel" aria-label={provider.name}>
              <header className="actions">
                <h3 style={{ flex: 1 }}>{provider.name} <span className="chip">{provider.kind}</span><span className={`chip ${provider.enabled ? "good" : ""}`}>{provider.enabled ? "on" : "off"}</span></h3>
                <Acts label={`Actions for ${provider.name}`} acts={[
                  may && { label: "Change", icon: <Pencil size={15} aria-hidden />, run: () => setEdited(provider) },
                  may && { label: "Remove", danger: true, icon: <Trash2 size={15} aria-hidden />, run: () => setRemoved(provider) },
                ]} />
              </header>
              <Facts facts={[
                ["Domains", (provider.rules.domains ?? []).join(", ") || "any, for members and those invited"],
                ["Newcomers", provider.rules.provision === true ? `join as ${provider.rules.default_role ?? "viewer"}` : "need an invitation"],
              ]} />
              {provider.kind !== "saml" && <div className="field"><span>Redirect address, to be entered at the provider</span><Copyable label="Redirect address" text={provider.redirect_url} /></div>}
              {provider.metadata_url != null && <div className="field"><span>Metadata, to be entered at the provider</span><Copyable label="Metadata" text={provider.metadata_url} /></div>}
            </section>
          ))}</div>
        )}
      </Await>
      {edited !== null && <ProviderDialog provider={edited === "new" ? null : edited} onClose={() => setEdited(null)} />}
      <Confirm title={`Remove ${removed?.name ?? ""}?`} action="Remove" open={removed !== null} pending={remove.isPending} error={remove.error} onClose={() => setRemoved(null)} onConfirm={() => removed !== null && remove.mutate(removed.id)}>People who have no password cannot sign in any more until they reset it.</Confirm>
    </Section>
  );
}

function Provisioning() {
  const may = useCan()("identity:write");
  const roles = useRoleNames();
  const [role, setRole] = useState("viewer");
  const found = useLoad(["provisioning"], () => api.GET("/v1/provisioning"));
  const on = useAct(() => api.PUT("/v1/provisioning", { body: { default_role: role } }), { touches: [["provisioning"]] });
  const off = useAct(() => api.DELETE("/v1/provisioning"), { touches: [["provisioning"]], says: "Provisioning is off." });
  const isOff = found.error instanceof Problem && found.error.status === 404;
  return (
    <Section title="Provisioning (SCIM 2.0)" lead="Okta, Entra and others make and deactivate members here by themselves.">
      <div className="card panel">
        {found.isError && !isOff && <Complaint error={found.error} />}
        {found.data !== undefined && !isOff && (
          <>
            <div className="field"><span>Base address</span><Copyable label="Base address" text={found.data.base_url} /></div>
            <Facts facts={[["New members", found.data.default_role], ["Key", found.data.hint ?? "–"], ["Last used", found.data.last_used_at === null ? "never" : <Moment at={found.data.last_used_at} />]]} />
          </>
        )}
        {isOff && <p className="muted">Off.</p>}
        <Complaint error={on.error ?? off.error} />
        {may && (
          <Form className="share" onSubmit={() => on.mutate()}>
            <SelectField label="New members become" value={role} options={roles} onChange={setRole} />
            <span>{found.data !== undefined && !isOff && <button type="button" className="button danger" onClick={() => off.mutate()}>Turn it off</button>}</span>
            <button className="button" disabled={on.isPending}>{isOff ? "Turn it on" : "Make a new key"}</button>
          </Form>
        )}
      </div>
      {on.data !== undefined && (
        <Dialog title="Copy the key now" open onClose={() => on.reset()}>
          <p className="muted">Enter it at your identity provider. It is shown this once.</p>
          <Copyable label="Provisioning key" text={on.data.key} secret />
        </Dialog>
      )}
    </Section>
  );
}
