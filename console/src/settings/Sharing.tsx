/** Whom something is shared with: the grants on it. */

import { useState } from "react";

import { useCan } from "../api/account";
import { api, type Schemas } from "../api/client";
import { useAct, useLoad } from "../api/use";
import { Face } from "../ui/extras";
import { Form, SelectField } from "../ui/forms";
import { Complaint } from "../ui/parts";

type Kind = NonNullable<Schemas["NewGrant"]["scope_kind"]>;

export function Sharing({ kind, id }: { kind: Kind; id: string }) {
  const can = useCan();
  const all = useLoad(["grants"], () => api.GET("/v1/grants"), { enabled: can("access:read") });
  const remove = useAct((grant: string) => api.DELETE("/v1/grants/{grant_id}", { params: { path: { grant_id: grant } } }), { touches: [["grants"]], says: "Taken back." });
  if (!can("access:read")) return null;
  const grants = (all.data ?? []).filter(({ scope_kind, scope_id }) => scope_kind === kind && scope_id === id);
  return (
    <div className="card panel">
      <Complaint error={all.error ?? remove.error} />
      {grants.length === 0 && <p className="muted">Shared with nobody in particular.</p>}
      {grants.map((grant) => (
        <div key={grant.id} className="actions">
          <span className="person" style={{ flex: 1 }}><Face name={grant.grantee} /><span>{grant.grantee}</span></span>
          <span className="chip">{grant.role}</span>
          {can("access:write") && <button type="button" className="button quiet small-button" aria-label={`Stop sharing with ${grant.grantee}`} onClick={() => remove.mutate(grant.id)}>Remove</button>}
        </div>
      ))}
      {can("access:write") && <Share kind={kind} id={id} />}
    </div>
  );
}

function Share({ kind, id }: { kind: Kind; id: string }) {
  const [who, setWho] = useState("");
  const [role, setRole] = useState("viewer");
  const members = useLoad(["members", "suggestions"], () => api.GET("/v1/members", { params: { query: { limit: 100 } } }), { stale: 60_000 });
  const groups = useLoad(["groups"], () => api.GET("/v1/groups"), { stale: 60_000 });
  const roles = useLoad(["roles"], () => api.GET("/v1/roles"), { stale: 60_000 });
  const share = useAct(() => {
    const [sort, grantee = ""] = who.split(":");
    return api.POST("/v1/grants", { body: { role, scope_kind: kind, scope_id: id, ...(sort === "group" ? { group_id: grantee } : { user_id: grantee }) } });
  }, { touches: [["grants"]], says: "Shared.", done: () => setWho("") });
  const options = [
    { value: "", label: "Choose …" },
    ...(members.data?.items ?? []).map(({ user_id, name, email }) => ({ value: `user:${user_id}`, label: `${name} (${email})` })),
    ...(groups.data ?? []).map((group) => ({ value: `group:${group.id}`, label: `Group ${group.name}` })),
  ];
  return (
    <Form className="share" onSubmit={() => share.mutate()}>
      <SelectField label="Share with" value={who} options={options} onChange={setWho} />
      <SelectField label="As" value={role} options={(roles.data ?? [{ name: "viewer" }]).filter(({ name }) => name !== "guest" && name !== "provisioner").map(({ name }) => name)} onChange={setRole} />
      <div className="field"><span>&nbsp;</span><button className="button" disabled={who === "" || share.isPending}>Share</button></div>
      <Complaint error={share.error} />
    </Form>
  );
}
