/** One's own account: name, address, data, and its end. */

import { useState } from "react";
import { useNavigate } from "@tanstack/react-router";

import { useAccount, type Account } from "../api/account";
import { api } from "../api/client";
import { useAct } from "../api/use";
import { end } from "../app/session";
import { save } from "../ui/download";
import { Form, TextField } from "../ui/forms";
import { Await, Section } from "../ui/page";
import { Complaint } from "../ui/parts";
import { PasswordAgain } from "./PasswordAgain";

export function Profile() {
  return <Await query={useAccount()} shape="text">{(account) => <><Name account={account} /><Address account={account} /><Data account={account} /></>}</Await>;
}

function Name({ account }: { account: Account }) {
  const [name, setName] = useState(account.name);
  const change = useAct(() => api.PATCH("/v1/auth/account", { body: { name } }), { touches: [["account"]], says: "Your name is changed." });
  return (
    <Section title="Name">
      <Form className="card panel" onSubmit={() => change.mutate()}>
        <TextField label="Your name" value={name} onChange={setName} required maxLength={200} autoComplete="name" />
        <Complaint error={change.error} />
        <footer><button className="button primary" disabled={name === account.name || change.isPending}>Save</button></footer>
      </Form>
    </Section>
  );
}

function Address({ account }: { account: Account }) {
  const [email, setEmail] = useState(account.email);
  const [asking, setAsking] = useState(false);
  const verify = useAct(() => api.POST("/v1/auth/email-verifications"), { says: "A mail with a link is on its way." });
  const change = useAct((password: string) => api.PUT("/v1/auth/account/email", { body: { email, password } }), { says: "Confirm the new address by the link that we mailed there.", done: () => setAsking(false) });
  return (
    <Section title="E-mail">
      <Form className="card panel" onSubmit={() => setAsking(true)}>
        {!account.email_verified && (
          <div className="banner warn"><div>Your address is not confirmed. <button type="button" className="button small-button" disabled={verify.isPending} onClick={() => verify.mutate()}>Mail me the link</button></div></div>
        )}
        <TextField label="Address" type="email" value={email} onChange={setEmail} required autoComplete="email" />
        <Complaint error={verify.error} />
        <footer><button className="button primary" disabled={email === account.email}>Change it</button></footer>
        <PasswordAgain title="Change your address" action="Change it" open={asking} pending={change.isPending} error={change.error} onClose={() => setAsking(false)} onPassword={(password) => change.mutate(password)} />
      </Form>
    </Section>
  );
}

type Asking = "export" | "deactivate" | "delete" | null;

function Data({ account }: { account: Account }) {
  const navigate = useNavigate();
  const [asking, setAsking] = useState<Asking>(null);
  const close = (): void => setAsking(null);
  const leave = (): Promise<void> => {
    end();
    return navigate({ to: "/sign-in", search: {} });
  };
  const fetchAll = useAct((password: string) => api.POST("/v1/auth/account/export", { body: { password } }), { done: (data) => { save("my-data.json", JSON.stringify(data, null, 2), "application/json"); close(); } });
  const deactivate = useAct((password: string) => api.POST("/v1/auth/account/deactivation", { body: { password } }), { done: leave });
  const remove = useAct((password: string) => api.DELETE("/v1/auth/account", { body: { password } }), { done: leave });
  if (!account.has_password) return null;
  return (
    <Section title="Your data">
      <div className="card panel">
        <div className="actions">
          <button type="button" className="button" onClick={() => setAsking("export")}>Download it</button>
          <button type="button" className="button" onClick={() => setAsking("deactivate")}>Deactivate the account</button>
          <button type="button" className="button danger" onClick={() => setAsking("delete")}>Delete the account</button>
        </div>
      </div>
      <PasswordAgain title="Download your data" action="Download" open={asking === "export"} pending={fetchAll.isPending} error={fetchAll.error} onClose={close} onPassword={(password) => fetchAll.mutate(password)} />
      <PasswordAgain title="Deactivate your account" action="Deactivate" danger open={asking === "deactivate"} pending={deactivate.isPending} error={deactivate.error} onClose={close} onPassword={(password) => deactivate.mutate(password)}>You are signed out everywhere. Resetting your password opens the account again.</PasswordAgain>
      <PasswordAgain title="Delete your account" action="Delete for good" danger open={asking === "delete"} pending={remove.isPending} error={remove.error} onClose={close} onPassword={(password) => remove.mutate(password)}>This cannot be taken back. Workspaces whose only owner you are must be deleted or handed over first.</PasswordAgain>
    </Section>
  );
}
