/** Members and invitations. */

import { useState } from "react";
import { MailPlus, Search, UserMinus, UserRoundCheck, UserRoundX } from "lucide-react";

import { useAccount, useCan } from "../api/account";
import { api, type Schemas } from "../api/client";
import { useAct, useLoad } from "../api/use";
import { Acts, Confirm, Face } from "../ui/extras";
import { Form, SelectField, TextField } from "../ui/forms";
import { Await, Section } from "../ui/page";
import { Complaint, Dialog, Moment } from "../ui/parts";

type Member = Schemas["Member"];

/** The names of the roles that can be given. */
export function useRoleNames(): string[] {
  const can = useCan();
  const roles = useLoad(["roles"], () => api.GET("/v1/roles"), { enabled: can("access:read"), stale: 60_000 });
  return (roles.data ?? [{ name: "viewer" }]).map(({ name }) => name).filter((name) => name !== "provisioner");
}

export function People() {
  const can = useCan();
  const [inviting, setInviting] = useState(false);
  const [limit, setLimit] = useState(50);
  const [words, setWords] = useState("");
  const found = useLoad(["members", limit], () => api.GET("/v1/members", { params: { query: { limit } } }), { keep: true });
  const fits = ({ name, email }: Member): boolean => `${name} ${email}`.toLowerCase().includes(words.trim().toLowerCase());
  return (
    <>
      <Section title="Members" actions={can("members:write") && <button type="button" className="button primary" onClick={() => setInviting(true)}><MailPlus size={15} aria-hidden /> Invite</button>}>
        <Await query={found}>
          {({ items, next }) => (
            <>
              {items.length > 8 && <div className="tools"><input type="search" aria-label="Search members" placeholder="Search members" value={words} onChange={(event) => setWords(event.target.value)} /></div>}
              <div className="card scroll">
                <table className="table">
                  <thead><tr><th>Person</th><th>Role</th><th className="extra">Second factor</th><th className="extra">Joined</th><th><span className="visually-hidden">Actions</span></th></tr></thead>
                  <tbody>{items.filter(fits).map((member) => <MemberRow key={member.user_id} member={member} />)}</tbody>
                </table>
              </div>
              {items.filter(fits).length === 0 && <p className="muted actions"><Search size={15} aria-hidden /> Nobody has this name.</p>}
              {next != null && limit < 100 && <button type="button" className="button" onClick={() => setLimit(100)}>Show more</button>}
            </>
          )}
        </Await>
      </Section>
      <Invitations />
      {inviting && <Invite onClose={() => setInviting(false)} />}
    </>
  );
}

function MemberRow({ member }: { member: Member }) {
  const can = useCan();
  const me = useAccount().data?.user_id;
  const roles = useRoleNames();
  const [removing, setRemoving] = useState(false);
  const path = { params: { path: { user_id: member.user_id } } };
  const change = useAct((body: Schemas["MemberChange"]) => api.PATCH("/v1/members/{user_id}", { ...path, body }), { touches: [["members"]], says: `${member.name} is changed.` });
  const remove = useAct(() => api.DELETE("/v1/members/{user_id}", path), { touches: [["members"]], says: `${member.name} is removed.`, done: () => setRemoving(false) });
  const may = can("members:write") && member.user_id !== me;
  return (
    <tr>
      <td><span className="person"><Face name={member.name || member.email} /><span><span className="strong">{member.name}</span>{member.user_id === me && <span className="muted"> (you)</span>}{!member.active && <span className="chip warn">deactivated</span>}<span className="sub">{member.email}</span></span></span>{change.isError && <Complaint error={change.error} />}</td>
      <td>{may ? <select aria-label={`Role of ${member.name}`} value={member.role} disabled={change.isPending} onChange={(event) => change.mutate({ role: event.target.value })}>{[...new Set([...roles, member.role])].map((role) => <option key={role}>{role}</option>)}</select> : member.role}</td>
      <td className="extra"><span className={`chip ${member.second_factor ? "good" : ""}`}>{member.second_factor ? "on" : "off"}</span></td>
      <td className="muted extra"><Moment at={member.joined_at} /></td>
      <td className="row-acts">
        <Acts label={`Actions for ${member.name}`} acts={[
          may && (member.active ? { label: "Deactivate", icon: <UserRoundX size={15} aria-hidden />, run: () => change.mutate({ active: false }) } : { label: "Activate", icon: <UserRoundCheck size={15} aria-hidden />, run: () => change.mutate({ active: true }) }),
          may && { label: "Remove", danger: true, icon: <UserMinus size={15} aria-hidden />, run: () => setRemoving(true) },
        ]} />
        <Confirm title={`Remove ${member.name}?`} action="Remove" open={removing} pending={remove.isPending} error={remove.error} onClose={() => setRemoving(false)} onConfirm={() => remove.mutate()}>They lose access at once. What they made stays.</Confirm>
      </td>
    </tr>
  );
}

function Invitations() {
  const can = useCan();
  const found = useLoad(["invitations"], () => api.GET("/v1/invitations"));
  const revoke = useAct((id: string) => api.DELETE("/v1/invitations/{invitation_id}", { params: { path: { invitation_id: id } } }), { touches: [["invitations"]], says: "The invitation is revoked." });
  if (found.data === undefined || found.data.length === 0) return null;
  return (
    <Section title="Invitations" lead="Mailed, and not accepted yet.">
      <Complaint error={revoke.error} />
      <div className="card scroll">
        <table className="table">
          <thead><tr><th>Address</th><th>Role</th><th>Ends</th><th><span className="visually-hidden">Actions</span></th></tr></thead>
          <tbody>
            {found.data.map((each) => (
              <tr key={each.id}>
                <td>{each.email}</td><td>{each.role}</td><td className="muted"><Moment at={each.expires_at} /></td>
                <td className="row-acts">{can("members:write") && <button type="button" className="button quiet small-button" aria-label={`Revoke the invitation of ${each.email}`} onClick={() => revoke.mutate(each.id)}>Revoke</button>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

function Invite({ onClose }: { onClose: () => void }) {
  const roles = useRoleNames();
  const [email, setEmail] = useState("");
  const [role, setRole] = useState("editor");
  const invite = useAct(() => api.POST("/v1/invitations", { body: { email, role } }), { touches: [["invitations"]], says: `${email} is invited.`, done: onClose });
  return (
    <Dialog title="Invite somebody" open onClose={onClose}>
      <Form onSubmit={() => invite.mutate()}>
        <TextField label="E-mail" type="email" value={email} onChange={setEmail} required placeholder="grace@example.com" />
        <SelectField label="Role" value={role} options={roles} onChange={setRole} />
        <Complaint error={invite.error} />
        <footer><button type="button" className="button" onClick={onClose}>Cancel</button><button className="button primary" disabled={invite.isPending}>Send the invitation</button></footer>
      </Form>
    </Dialog>
  );
}
