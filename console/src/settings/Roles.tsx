/** Roles: the built-in ones, and those made of the catalogue of permissions. */

import { Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";

import { useCan } from "../api/account";
import { api, type Schemas } from "../api/client";
import { useAct, useLoad } from "../api/use";
import { Acts, Confirm } from "../ui/extras";
import { Form, TextField } from "../ui/forms";
import { Await, Section } from "../ui/page";
import { Complaint, Dialog } from "../ui/parts";

type Role = Schemas["Role"];

export function Roles() {
  const can = useCan();
  const [edited, setEdited] = useState<Role | "new" | null>(null);
  const [removed, setRemoved] = useState<Role | null>(null);
  const found = useLoad(["roles"], () => api.GET("/v1/roles"));
  const remove = useAct((role: string) => api.DELETE("/v1/roles/{role}", { params: { path: { role } } }), { touches: [["roles"]], says: "The role is deleted.", done: () => setRemoved(null) });
  const may = can("access:write");
  return (
    <Section title="All roles" actions={may && <button type="button" className="button primary" onClick={() => setEdited("new")}><Plus size={15} aria-hidden /> New role</button>}>
      <Await query={found}>
        {(roles) => (
          <div className="card scroll">
            <table className="table">
              <thead><tr><th>Role</th><th>Permissions</th><th><span className="visually-hidden">Actions</span></th></tr></thead>
              <tbody>
                {roles.map((role) => (
                  <tr key={role.name}>
                    <td><span className="strong">{role.name}</span>{role.built_in === true && <span className="chip">built in</span>}<span className="sub">{role.description}</span></td>
                    <td><details><summary>{role.permissions.length}</summary><p className="mono small muted">{role.permissions.join(", ")}</p></details></td>
                    <td className="row-acts"><Acts label={`Actions for ${role.name}`} acts={[
                      may && role.built_in !== true && { label: "Change", icon: <Pencil size={15} aria-hidden />, run: () => setEdited(role) },
                      may && role.built_in !== true && { label: "Delete", danger: true, icon: <Trash2 size={15} aria-hidden />, run: () => setRemoved(role) },
                    ]} /></td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Await>
      {edited !== null && <Editor role={edited === "new" ? null : edited} onClose={() => setEdited(null)} />}
      <Confirm title={`Delete ${removed?.name ?? ""}?`} action="Delete" open={removed !== null} pending={remove.isPending} error={remove.error} onClose={() => setRemoved(null)} onConfirm={() => removed !== null && remove.mutate(removed.name)}>A role that somebody has cannot be deleted.</Confirm>
    </Section>
  );
}

function Editor({ role, onClose }: { role: Role | null; onClose: () => void }) {
  const can = useCan();
  const [name, setName] = useState(role?.name ?? "");
  const [description, setDescription] = useState(role?.description ?? "");
  const [chosen, setChosen] = useState<readonly string[]>(role?.permissions ?? []);
  const all = useLoad(["permissions"], () => api.GET("/v1/permissions"), { stale: 600_000 });
  const keep = useAct(
    () => role === null
      ? api.POST("/v1/roles", { body: { name, description, permissions: [...chosen] } })
      : api.PUT("/v1/roles/{role}", { params: { path: { role: role.name } }, body: { description, permissions: [...chosen] } }),
    { touches: [["roles"]], says: "The role is kept.", done: onClose },
  );
  return (
    <Dialog title={role === null ? "New role" : `Change ${role.name}`} open onClose={onClose} wide>
      <Form onSubmit={() => keep.mutate()}>
        <div className="columns">
          <TextField label="Name" value={name} onChange={setName} required disabled={role !== null} pattern="[a-z][a-z0-9\-]*" title="Small letters, digits and -" />
          <TextField label="Description" value={description} onChange={setDescription} maxLength={500} />
        </div>
        <Await query={all} shape="text">
          {(permissions) => (
            <div className="permissions" role="group" aria-label="Permissions">
              {permissions.map((each) => (
                <label key={each.name}>
                  <input type="checkbox" checked={chosen.includes(each.name)} disabled={!can(each.name)} onChange={(event) => setChosen(event.target.checked ? [...chosen, each.name] : chosen.filter((other) => other !== each.name))} />
                  <span><code>{each.name}</code><small className="muted">{each.description}</small></span>
                </label>
              ))}
            </div>
          )}
        </Await>
        <Complaint error={keep.error} />
        <footer><span className="muted small" style={{ flex: 1 }}>{chosen.length} chosen. Nobody gives away more than they have.</span><button type="button" className="button" onClick={onClose}>Cancel</button><button className="button primary" disabled={chosen.length === 0 || keep.isPending}>Save</button></footer>
      </Form>
    </Dialog>
  );
}
