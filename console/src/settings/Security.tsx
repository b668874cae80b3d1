/** Password, second factor and sessions. */

import { MonitorSmartphone } from "lucide-react";
import { useState } from "react";

import { useAccount, type Account } from "../api/account";
import { api } from "../api/client";
import { useAct, useLoad } from "../api/use";
import { useSession } from "../app/session";
import { Form } from "../ui/forms";
import { Await, Section } from "../ui/page";
import { PasswordField } from "../ui/password";
import { Complaint, Moment } from "../ui/parts";
import { SecondFactor } from "./SecondFactor";
import { SecurityKeys } from "./SecurityKeys";

export function Security() {
  const must = useSession()?.mustEnrol ?? false;
  return (
    <Await query={useAccount()} shape="text">
      {(account) => (
        <>
          {must && <p className="banner warn" role="status">This workspace requires a second factor. Set yours up; then everything else opens.</p>}
          {account.has_password ? <><SecondFactor account={account} /><SecurityKeys /><Password account={account} /></> : <p className="banner info">You sign in through an identity provider: your password and second factor are kept there.</p>}
          <Sessions />
        </>
      )}
    </Await>
  );
}

function Password({ account }: { account: Account }) {
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const change = useAct(() => api.PUT("/v1/auth/account/password", { body: { current, password } }), {
    says: "Your password is changed. Other sessions are signed out.", touches: [["sessions"]], done: () => { setCurrent(""); setPassword(""); },
  });
  return (
    <Section title="Password">
      <Form className="card panel" onSubmit={() => change.mutate()}>
        <input type="text" name="username" autoComplete="username" value={account.email} readOnly hidden />
        <div className="columns">
          <PasswordField label="Current password" value={current} onChange={setCurrent} required />
          <PasswordField label="New password" fresh value={password} onChange={setPassword} required />
        </div>
        <Complaint error={change.error} />
        <footer><button className="button primary" disabled={current === "" || password === "" || change.isPending}>Change it</button></footer>
      </Form>
    </Section>
  );
}

/** What a browser calls itself, in two words. */
function browserOf(agent: string): string {
  const browser = /Edg\//.test(agent) ? "Edge" : /Firefox\//.test(agent) ? "Firefox" : /Chrome\//.test(agent) ? "Chrome" : /Safari\//.test(agent) ? "Safari" : agent.split(/[/ ]/)[0] || "Unknown program";
  const system = ["Windows", "Android", "iPhone", "Mac OS", "Linux"].find((each) => agent.includes(each));
  return system === undefined ? browser : `${browser} on ${system}`;
}

function Sessions() {
  const found = useLoad(["sessions"], () => api.GET("/v1/auth/sessions"));
  const finish = useAct((id: string) => api.DELETE("/v1/auth/sessions/{session_id}", { params: { path: { session_id: id } } }), { touches: [["sessions"]], says: "That session is over." });
  const others = (found.data ?? []).filter(({ current }) => !current);
  const finishOthers = async (): Promise<void> => {
    for (const { id } of others) await finish.mutateAsync(id);
  };
  return (
    <Section title="Sessions" lead="Where you are signed in." actions={others.length > 0 && <button type="button" className="button" disabled={finish.isPending} onClick={() => void finishOthers()}>Sign out all others</button>}>
      <Complaint error={finish.error} />
      <Await query={found}>
        {(sessions) => (
          <div className="card scroll">
            <table className="table">
              <thead><tr><th>Browser</th><th>Workspace</th><th>Last used</th><th><span className="visually-hidden">Actions</span></th></tr></thead>
              <tbody>
                {sessions.map((session) => (
                  <tr key={session.id}>
                    <td><span className="person"><MonitorSmartphone size={17} aria-hidden className="muted" /><span title={session.user_agent}>{browserOf(session.user_agent)} {session.current && <span className="chip good">this one</span>}<span className="sub">{session.address} · {session.method.replaceAll("_", " ")}{session.second_factor && " and second factor"}</span></span></span></td>
                    <td>{session.workspace}</td>
                    <td className="muted"><Moment at={session.last_used_at} /></td>
                    <td className="row-acts">{!session.current && <button type="button" className="button quiet" onClick={() => finish.mutate(session.id)}>Sign out</button>}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Await>
    </Section>
  );
}
