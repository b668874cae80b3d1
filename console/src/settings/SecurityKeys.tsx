/** One's security keys and passkeys. */

import { KeyRound } from "lucide-react";
import { useState } from "react";

import { api, type Schemas } from "../api/client";
import { addDevice, canUseKeys } from "../api/securityKeys";
import { useAct, useLoad } from "../api/use";
import { renew } from "../app/session";
import { Form, TextField } from "../ui/forms";
import { Await, Section } from "../ui/page";
import { Complaint, Dialog, Moment } from "../ui/parts";
import { Codes } from "./SecondFactor";
import { PasswordAgain } from "./PasswordAgain";

export function SecurityKeys() {
  const keys = useLoad(["security-keys"], () => api.GET("/v1/auth/security-keys"));
  const [adding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<Schemas["SecurityKey"] | null>(null);
  const [ceremony, setCeremony] = useState<Schemas["Ceremony"] | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const begin = useAct((password: string) => api.POST("/v1/auth/security-keys/options", { body: { password } }), {
    done: (made) => { setCeremony(made); setAdding(false); },
  });
  const remove = useAct((password: string) => api.DELETE("/v1/auth/security-keys/{key_id}", { params: { path: { key_id: leaving?.id ?? "" } }, body: { password } }), {
    touches: [["security-keys"], ["account"]], says: "The security key is gone.", done: () => setLeaving(null),
  });
  return (
    <Section title="Security keys and passkeys" lead="A key, phone or computer that signs you in, besides the password. No false page can ask for it." actions={canUseKeys() && <button type="button" className="button" onClick={() => setAdding(true)}>Add one</button>}>
      <Await query={keys}>
        {(found) => found.length === 0 ? <p className="card panel muted">None yet.</p> : (
          <div className="card scroll">
            <table className="table">
              <thead><tr><th>Name</th><th>Added</th><th>Last used</th><th><span className="visually-hidden">Actions</span></th></tr></thead>
              <tbody>
                {found.map((key) => (
                  <tr key={key.id}>
                    <td><span className="person"><KeyRound size={16} aria-hidden className="muted" />{key.name}</span></td>
                    <td className="muted"><Moment at={key.created_at} /></td>
                    <td className="muted">{key.last_used_at === null ? "never" : <Moment at={key.last_used_at} />}</td>
                    <td className="row-acts"><button type="button" className="button quiet" onClick={() => setLeaving(key)}>Remove</button></td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Await>
      <PasswordAgain title="Add a security key" action="Go on" open={adding} pending={begin.isPending} error={begin.error} onClose={() => setAdding(false)} onPassword={(password) => begin.mutate(password)} />
      <PasswordAgain title="Remove a security key" action="Remove it" danger open={leaving !== null} pending={remove.isPending} error={remove.error} onClose={() => setLeaving(null)} onPassword={(password) => remove.mutate(password)}>{leaving?.name} does not sign you in any more.</PasswordAgain>
      {ceremony !== null && <Touch ceremony={ceremony} onClose={() => setCeremony(null)} onAdded={(made) => { setCeremony(null); setCodes(made); }} />}
      {codes !== null && <Codes codes={codes} onClose={() => setCodes(null)} />}
    </Section>
  );
}

function Touch({ ceremony, onClose, onAdded }: { ceremony: Schemas["Ceremony"]; onClose: () => void; onAdded: (codes: string[] | null) => void }) {
  const [name, setName] = useState("");
  const add = useAct(() => addDevice(ceremony, name.trim()), {
    touches: [["security-keys"], ["account"], ["sessions"]], says: "The security key is added.",
    done: async (made) => {
      await renew();
      onAdded(made.recovery_codes);
    },
  });
  return (
    <Dialog title="Add a security key" open onClose={onClose}>
      <Form onSubmit={() => add.mutate()}>
        <TextField label="What do you call it?" hint="Such as: blue key, work laptop." value={name} onChange={setName} required maxLength={100} />
        <Complaint error={add.error} />
        <footer><button type="button" className="button" onClick={onClose}>Cancel</button><button className="button primary" disabled={name.trim() === "" || add.isPending}>Touch it now</button></footer>
      </Form>
    </Dialog>
  );
}
