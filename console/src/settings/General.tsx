/** The workspace itself: name, sessions, retention, who may call it, what failures start, variables, its end. */

import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { useCan } from "../api/account";
import { api, type Schemas } from "../api/client";
import { usePeople } from "../api/people";
import { useAct, useLoad } from "../api/use";
import { end } from "../app/session";
import { Copyable } from "../ui/extras";
import { Field, Form, ListField, PairsField, SelectField, Switch, TextField } from "../ui/forms";
import { Await, Section } from "../ui/page";
import { Complaint, Dialog } from "../ui/parts";

export function General() {
  const can = useCan();
  const workspace = useLoad(["workspace"], () => api.GET("/v1/workspace"));
  const retention = useLoad(["retention"], () => api.GET("/v1/retention"));
  const origins = useLoad(["origins"], () => api.GET("/v1/cors-origins"));
  const failures = useLoad(["failure-handling"], () => api.GET("/v1/failure-handling"));
  return (
    <>
      <Await query={workspace} shape="text">{(found) => <Basics workspace={found} />}</Await>
      <Await query={failures} shape="text">{(found) => <Failures stored={found} />}</Await>
      <Await query={retention} shape="text">{(found) => <Retention days={found.days} />}</Await>
      <Await query={origins} shape="text">{(found) => <Origins stored={found.origins} />}</Await>
      {can("variables:write") && <Variables />}
      {can("workspace:delete") && workspace.data !== undefined && <Ending name={workspace.data.name} />}
    </>
  );
}

function Basics({ workspace }: { workspace: Schemas["Workspace"] }) {
  const may = useCan()("workspace:write");
  const [name, setName] = useState(workspace.name);
  const [required, setRequired] = useState(workspace.require_second_factor);
  const [session, setSession] = useState(workspace.session_minutes);
  const [idle, setIdle] = useState(workspace.idle_minutes);
  const keep = useAct(() => api.PATCH("/v1/workspace", { body: { name, require_second_factor: required, session_minutes: session, idle_minutes: idle } }), { touches: [["workspace"], ["account"]], says: "Kept." });
  return (
    <Section title="Workspace">
      <Form className="card panel" onSubmit={() => keep.mutate()}>
        <div className="columns">
          <TextField label="Name" value={name} onChange={setName} required maxLength={200} disabled={!may} />
          <Field label="Sign in again after (minutes)"><input type="number" min={20} max={43200} required disabled={!may} value={session} onChange={(event) => setSession(Number(event.target.value))} /></Field>
          <Field label="Or after not being used for"><input type="number" min={20} max={43200} required disabled={!may} value={idle} onChange={(event) => setIdle(Number(event.target.value))} /></Field>
        </div>
        <Switch label="Everybody needs a second factor" hint="Who has none is asked to set it up first" checked={required} disabled={!may} onChange={setRequired} />
        <div className="field"><span>Workspace id</span><Copyable label="Workspace id" text={workspace.id} /></div>
        <Complaint error={keep.error} />
        {may && <footer><button className="button primary" disabled={keep.isPending}>Save</button></footer>}
      </Form>
    </Section>
  );
}

function Failures({ stored }: { stored: Schemas["FailureDefault"] }) {
  const may = useCan()("workspace:write");
  const people = usePeople();
  const workflows = useLoad(["workflows", "names"], () => api.GET("/v1/workflows", { params: { query: { limit: 100 } } }), { stale: 60_000 });
  const [notify, setNotify] = useState<string[]>(stored.notify ?? []);
  const [start, setStart] = useState(stored.start ?? "");
  const keep = useAct(() => api.PUT("/v1/failure-handling", { body: { notify, start: start === "" ? null : start } }), { touches: [["failure-handling"]], says: "Kept." });
  const options = [{ value: "", label: "nothing" }, ...(workflows.data?.items ?? []).map(({ name }) => ({ value: name, label: name }))];
  return (
    <Section title="When a workflow fails" lead="Where a workflow says nothing itself.">
      <Form className="card panel" onSubmit={() => keep.mutate()}>
        <div className="columns">
          <ListField label="Tell" values={notify} suggestions={people} placeholder="role:owner" onChange={setNotify} />
          <SelectField label="Start" value={start} options={options.some(({ value }) => value === start) ? options : [...options, { value: start, label: start }]} onChange={setStart} disabled={!may} />
        </div>
        <Complaint error={keep.error} />
        {may && <footer><button className="button primary" disabled={keep.isPending}>Save</button></footer>}
      </Form>
    </Section>
  );
}

function Retention({ days }: { days: number | null }) {
  const may = useCan()("workspace:write");
  const [text, setText] = useState(days === null ? "" : String(days));
  const keep = useAct(() => api.PUT("/v1/retention", { body: { days: text === "" ? null : Number(text) } }), { touches: [["retention"]], says: "Kept." });
  return (
    <Section title="Keeping executions">
      <Form className="card panel" onSubmit={() => keep.mutate()}>
        <TextField label="Days after which they are deleted" hint="Empty: never" type="number" min={1} max={3650} value={text} onChange={setText} disabled={!may} />
        <Complaint error={keep.error} />
        {may && <footer><button className="button primary" disabled={keep.isPending}>Save</button></footer>}
      </Form>
    </Section>
  );
}

function Origins({ stored }: { stored: readonly string[] }) {
  const may = useCan()("workspace:write");
  const [origins, setOrigins] = useState<string[]>([...stored]);
  const keep = useAct(() => api.PUT("/v1/cors-origins", { body: { origins } }), { touches: [["origins"]], says: "Kept." });
  return (
    <Section title="Browsers of other sites" lead="Origins whose pages may call the API (CORS).">
      <Form className="card panel" onSubmit={() => keep.mutate()}>
        <ListField label="Origins" values={origins} placeholder="https://app.example.com" onChange={setOrigins} />
        <Complaint error={keep.error} />
        {may && <footer><button className="button primary" disabled={keep.isPending}>Save</button></footer>}
      </Form>
    </Section>
  );
}

/** A value as it is written: text stays text, everything else is JSON. */
const shown = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

function read(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function Variables() {
  const found = useLoad(["variables"], () => api.GET("/v1/variables"));
  return (
    <Section title="Variables" lead="Values that every workflow can read, as $vars.name. Secrets belong into connections.">
      <Await query={found} shape="text">{({ variables }) => <VariablesForm key={JSON.stringify(variables)} stored={variables} />}</Await>
    </Section>
  );
}

function VariablesForm({ stored }: { stored: Record<string, unknown> }) {
  const [texts, setTexts] = useState<Record<string, string>>(() => Object.fromEntries(Object.entries(stored).map(([name, value]) => [name, shown(value)])));
  const keep = useAct(
    () => api.PUT("/v1/variables", { body: { variables: Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, text === shown(stored[name] ?? null) ? stored[name] : read(text)])) } }),
    { touches: [["variables"]], says: "The variables are set." },
  );
  return (
    <Form className="card panel" onSubmit={() => keep.mutate()}>
      <PairsField label="Names and values" hint="Text, or JSON. Executions that run keep what they were started with." values={texts} onChange={setTexts} />
      <Complaint error={keep.error} />
      <footer><button className="button primary" disabled={keep.isPending}>Save</button></footer>
    </Form>
  );
}

function Ending({ name }: { name: string }) {
  const navigate = useNavigate();
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const [password, setPassword] = useState("");
  const remove = useAct(() => api.DELETE("/v1/workspace", { body: { name: typed, password } }), { done: () => { end(); return navigate({ to: "/sign-in", search: {} }); } });
  return (
    <Section title="The end" lead="Deletes the workspace with all that is in it. This cannot be taken back.">
      <div className="card panel"><div className="actions"><button type="button" className="button danger" onClick={() => setOpen(true)}>Delete the workspace</button></div></div>
      <Dialog title={`Delete ${name}?`} open={open} onClose={() => setOpen(false)}>
        <Form onSubmit={() => remove.mutate()}>
          <TextField label={`Type the name: ${name}`} value={typed} onChange={setTyped} required autoComplete="off" />
          <TextField label="Your password" type="password" autoComplete="current-password" value={password} onChange={setPassword} required />
          <Complaint error={remove.error} />
          <footer><button type="button" className="button" onClick={() => setOpen(false)}>Cancel</button><button className="button destroy" disabled={typed !== name || remove.isPending}>Delete for good</button></footer>
        </Form>
      </Dialog>
    </Section>
  );
}
