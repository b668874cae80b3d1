/** Adding and changing an identity provider. */

import { useState } from "react";

import { api, type Schemas } from "../api/client";
import { useAct } from "../api/use";
import { Form, ListField, PairsField, SelectField, Switch, TextArea, TextField } from "../ui/forms";
import { Complaint, Dialog } from "../ui/parts";
import { useRoleNames } from "./People";

type Kind = Schemas["NewProvider"]["kind"];
type Rules = Schemas["Rules"];

const KINDS: readonly { value: Kind; label: string }[] = [
  { value: "google", label: "Google" }, { value: "microsoft", label: "Microsoft" }, { value: "github", label: "GitHub" }, { value: "oidc", label: "OpenID Connect" }, { value: "saml", label: "SAML 2.0" },
];

export function ProviderDialog({ provider, onClose }: { provider: Schemas["AuthProvider"] | null; onClose: () => void }) {
  const roles = useRoleNames();
  const [kind, setKind] = useState<Kind>(provider?.kind ?? "google");
  const [name, setName] = useState(provider?.name ?? "");
  const [client, setClient] = useState(provider?.oauth?.client_id ?? "");
  const [secret, setSecret] = useState("");
  const [issuer, setIssuer] = useState(provider?.oauth?.issuer ?? "");
  const [tenant, setTenant] = useState(provider?.oauth?.tenant ?? "");
  const [metadata, setMetadata] = useState("");
  const [rules, setRules] = useState<Rules>(provider?.rules ?? { provision: false, default_role: "viewer", trusts_email: false });
  const [enabled, setEnabled] = useState(provider?.enabled ?? true);
  const put = (change: Partial<Rules>): void => setRules({ ...rules, ...change });
  const body = (): Schemas["NewProvider"] => ({
    kind, name, enabled, rules,
    ...(kind === "saml"
      ? { saml: metadata === "" && provider?.saml != null ? provider.saml : { metadata, idp_initiated: provider?.saml?.idp_initiated ?? false } }
      : { oauth: { client_id: client, ...(provider?.oauth?.scopes === undefined ? {} : { scopes: provider.oauth.scopes }), ...(issuer === "" ? {} : { issuer }), ...(tenant === "" ? {} : { tenant }) }, ...(secret === "" ? {} : { client_secret: secret }) }),
  });
  const keep = useAct(
    () => provider === null ? api.POST("/v1/identity-providers", { body: body() }) : api.PUT("/v1/identity-providers/{provider_id}", { params: { path: { provider_id: provider.id } }, body: body() }),
    { touches: [["identity-providers"]], says: "The provider is kept.", done: onClose },
  );
  return (
    <Dialog title={provider === null ? "Add an identity provider" : `Change ${provider.name}`} open onClose={onClose}>
      <Form onSubmit={() => keep.mutate()}>
        <div className="columns">
          <SelectField label="Kind" value={kind} options={KINDS} onChange={setKind} disabled={provider !== null} />
          <TextField label="Name on the button" value={name} onChange={setName} required maxLength={100} placeholder="Acme" />
        </div>
        {kind === "saml" ? (
          <TextArea label="Metadata (XML)" className="mono" rows={5} value={metadata} onChange={setMetadata} required={provider === null} placeholder="<EntityDescriptor …" />
        ) : (
          <>
            {(kind === "oidc" || kind === "github") && <TextField label={kind === "oidc" ? "Issuer" : "Server, if not github.com"} type="url" value={issuer} onChange={setIssuer} required={kind === "oidc"} placeholder="https://id.example.com" />}
            {kind === "microsoft" && <TextField label="Tenant" value={tenant} onChange={setTenant} required />}
            <TextField label="Client id" value={client} onChange={setClient} required autoComplete="off" />
            <TextField label="Client secret" type="password" value={secret} onChange={setSecret} autoComplete="new-password" {...(provider?.has_secret === true ? { hint: "Empty: the one that is stored" } : {})} />
          </>
        )}
        <ListField label="E-mail domains that it speaks for" values={rules.domains ?? []} placeholder="acme.example" onChange={(domains) => put({ domains })} />
        <Switch label="Newcomers of these domains join by themselves" checked={rules.provision ?? false} onChange={(provision) => put({ provision })} />
        {rules.provision === true && <SelectField label="As" value={rules.default_role ?? "viewer"} options={roles} onChange={(role) => put({ default_role: role })} />}
        <details>
          <summary>More rules</summary>
          <div className="stack" style={{ marginTop: 12 }}>
            <TextField label="Claim that tells the role" value={rules.role_claim ?? ""} onChange={(claim) => put({ role_claim: claim === "" ? null : claim })} placeholder="groups" />
            <PairsField label="The claim's values as roles" values={rules.role_mapping ?? {}} onChange={(mapping) => put({ role_mapping: mapping })} />
            <Switch label="Believe its e-mail addresses" hint="Even where it does not call them verified" checked={rules.trusts_email ?? false} onChange={(trusts) => put({ trusts_email: trusts })} />
          </div>
        </details>
        <Switch label="On" checked={enabled} onChange={setEnabled} />
        <Complaint error={keep.error} />
        <footer><button type="button" className="button" onClick={onClose}>Cancel</button><button className="button primary" disabled={keep.isPending}>Save</button></footer>
      </Form>
    </Dialog>
  );
}
