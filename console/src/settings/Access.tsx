/** Groups, and every grant of the workspace. */

import { Pencil, Plus, Trash2, Users } from "lucide-react";
import { useState } from "react";

import { useCan } from "../api/account";
import { api, type Schemas } from "../api/client";
import { useAct, useLoad } from "../api/use";
import { Acts, Face } from "../ui/extras";
import { Form, SelectField, TextField } from "../ui/forms";
import { Await, Empty, Section } from "../ui/page";
import { Complaint, Dialog } from "../ui/parts";
import { useRoleNames } from "./People";

type Group = Schemas["Group"];

const useMembers = () => useLoad(["members", "suggestions"], () => api.GET("/v1/members", { params: { query: { limit: 100 } } }), { stale: 60_000 });

export function Access() {
  return <><Groups /><Grants /></>;
}

function Groups() {
  const may = useCan()("access:write");
  const [edited, setEdited] = useState<Group | "new" | null>(null);
  const found = useLoad(["groups"], () => api.GET("/v1/groups"));
  const remove = useAct((id: string) => api.DELETE("/v1/groups/{group_id}", { params: { path: { group_id: id } } }), { touches: [["groups"], ["grants"]], says: "The group is deleted." });
  const create = may && <button type="button" className="button" onClick={() => setEdited("new")}><Plus size={15} aria-hidden /> New group</button>;
  return (
    <Section title="Groups" lead="People who are asked, told or allowed something together." actions={create}>
      <Complaint error={remove.error} />
      <Await query={found}>
        {(groups) => groups.length === 0 ? <Empty icon={Users} title="No group yet">Name a group in approvals as <code>group:Finance</code>.</Empty> : (
          <div className="card scroll">
            <table className="table">
              <thead><tr><th>Group</th><th>Members</th><th><span className="visually-hidden">Actions</span></th></tr></thead>
              <tbody>
                {groups.map((group) => (
                  <tr key={group.id}>
                    <td className="strong">{group.name}</td><td className="muted">{group.members.length}</td>
                    <td className="row-acts"><Acts label={`Actions for ${group.name}`} acts={[
                      may && { label: "Change", icon: <Pencil size={15} aria-hidden />, run: () => setEdited(group) },
                      may && { label: "Delete", danger: true, icon: <Trash2 size={15} aria-hidden />, run: () => remove.mutate(group.id) },
                    ]} /></td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Await>
      {edited !== null && <GroupDialog group={edited === "new" ? null : edited} onClose={() => setEdited(null)} />}
    </Section>
  );
}

function GroupDialog({ group, onClose }: { group: Group | null; onClose: () => void }) {
  const [name, setName] = useState(group?.name ?? "");
  const [chosen, setChosen] = useState<readonly string[]>(group?.members ?? []);
  const members = useMembers();
  const keep = useAct(
    () => group === null ? api.POST("/v1/groups", { body: { name, members: [...chosen] } }) : api.PUT("/v1/groups/{group_id}", { params: { path: { group_id: group.id } }, body: { name, members: [...chosen] } }),
    { touches: [["groups"]], says: "The group is kept.", done: onClose },
  );
  return (
    <Dialog title={group === null ? "New group" : `Change ${group.name}`} open onClose={onClose}>
      <Form onSubmit={() => keep.mutate()}>
        <TextField label="Name" value={name} onChange={setName} required maxLength={100} />
        <fieldset className="field checks"><legend>Members</legend>
          {(members.data?.items ?? []).map((member) => (
            <label key={member.user_id}><input type="checkbox" checked={chosen.includes(member.user_id)} onChange={(event) => setChosen(event.target.checked ? [...chosen, member.user_id] : chosen.filter((each) => each !== member.user_id))} /> {member.name} <span className="muted">{member.email}</span></label>
          ))}
        </fieldset>
        <Complaint error={keep.error} />
        <footer><button type="button" className="button" onClick={onClose}>Cancel</button><button className="button primary" disabled={keep.isPending}>Save</button></footer>
      </Form>
    </Dialog>
  );
}

function Grants() {
  const may = useCan()("access:write");
  const [granting, setGranting] = useState(false);
  const found = useLoad(["grants"], () => api.GET("/v1/grants"));
  const folders = useLoad(["folders"], () => api.GET("/v1/folders"), { stale: 60_000 });
  const workflows = useLoad(["workflows", "names"], () => api.GET("/v1/workflows", { params: { query: { limit: 100 } } }), { stale: 60_000 });
  const remove = useAct((id: string) => api.DELETE("/v1/grants/{grant_id}", { params: { path: { grant_id: id } } }), { touches: [["grants"]], says: "Taken back." });
  const nameOf = ({ scope_kind: kind, scope_id: id }: Schemas["Grant"]): string =>
    kind === "workspace" ? "the whole workspace" : `${kind} ${(kind === "folder" ? folders.data : kind === "workflow" ? workflows.data?.items : undefined)?.find((each) => each.id === id)?.name ?? id?.slice(-8) ?? ""}`;
  return (
    <Section title="Grants" lead="Roles on single folders, workflows, connections and reports, besides everybody's own." actions={may && <button type="button" className="button" onClick={() => setGranting(true)}><Plus size={15} aria-hidden /> Grant a role</button>}>
      <Complaint error={remove.error} />
      <Await query={found}>
        {(grants) => grants.length === 0 ? <p className="card panel muted">Nothing is granted beyond people's own roles.</p> : (
          <div className="card scroll">
            <table className="table">
              <thead><tr><th>Who</th><th>Role</th><th>On</th><th><span className="visually-hidden">Actions</span></th></tr></thead>
              <tbody>
                {grants.map((grant) => (
                  <tr key={grant.id}>
                    <td><span className="person"><Face name={grant.grantee} /><span>{grant.grantee}</span></span></td><td>{grant.role}</td><td className="muted">{nameOf(grant)}</td>
                    <td className="row-acts">{may && <button type="button" className="button quiet small-button" aria-label={`Take ${grant.role} back from ${grant.grantee}`} onClick={() => remove.mutate(grant.id)}>Take back</button>}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Await>
      {granting && <GrantDialog folders={folders.data ?? []} workflows={workflows.data?.items ?? []} onClose={() => setGranting(false)} />}
    </Section>
  );
}

interface Named {
  id: string;
  name: string;
}

function GrantDialog({ folders, workflows, onClose }: { folders: readonly Named[]; workflows: readonly Named[]; onClose: () => void }) {
  const members = useMembers();
  const groups = useLoad(["groups"], () => api.GET("/v1/groups"), { stale: 60_000 });
  const roles = useRoleNames();
  const [who, setWho] = useState("");
  const [role, setRole] = useState("viewer");
  const [scope, setScope] = useState("workspace:");
  const grant = useAct(() => {
    const [sort, grantee = ""] = who.split(":");
    const [kind, id = ""] = scope.split(":");
    const on = id === "" ? {} : { scope_id: id };
    return api.POST("/v1/grants", { body: { role, scope_kind: kind as "workspace", ...on, ...(sort === "group" ? { group_id: grantee } : { user_id: grantee }) } });
  }, { touches: [["grants"]], says: "Granted.", done: onClose });
  const people = [{ value: "", label: "Choose …" }, ...(members.data?.items ?? []).map((each) => ({ value: `user:${each.user_id}`, label: `${each.name} (${each.email})` })), ...(groups.data ?? []).map((each) => ({ value: `group:${each.id}`, label: `Group ${each.name}` }))];
  const scopes = [{ value: "workspace:", label: "The whole workspace" }, ...folders.map((each) => ({ value: `folder:${each.id}`, label: `Folder ${each.name}` })), ...workflows.map((each) => ({ value: `workflow:${each.id}`, label: `Workflow ${each.name}` }))];
  return (
    <Dialog title="Grant a role" open onClose={onClose}>
      <Form onSubmit={() => grant.mutate()}>
        <SelectField label="To" value={who} options={people} onChange={setWho} />
        <SelectField label="Role" value={role} options={roles} onChange={setRole} />
        <SelectField label="On" hint="Connections and reports are shared on their own pages" value={scope} options={scopes} onChange={setScope} />
        <Complaint error={grant.error} />
        <footer><button type="button" className="button" onClick={onClose}>Cancel</button><button className="button primary" disabled={who === "" || grant.isPending}>Grant</button></footer>
      </Form>
    </Dialog>
  );
}
