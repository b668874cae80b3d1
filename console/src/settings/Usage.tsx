/** The plan and what is left of it; what language models have used; how the workspace counts. */

import { useState } from "react";

import { useCan } from "../api/account";
import { api, type Schemas } from "../api/client";
import { useAct, useLoad } from "../api/use";
import { Field, Form, SelectField, TextField } from "../ui/forms";
import { Await, Section } from "../ui/page";
import { Complaint } from "../ui/parts";

const count = (value: number): string => value.toLocaleString();

export function Usage() {
  const can = useCan();
  const usage = useLoad(["usage"], () => api.GET("/v1/usage"), { every: 5_000 });
  return (
    <>
      <Section title="Plan and limits">
        <Await query={usage} shape="text">{(found) => <Plan usage={found} />}</Await>
      </Section>
      {can("ai:read") && <Models />}
      {can("analytics:read") && <Counting />}
    </>
  );
}

function Plan({ usage }: { usage: Schemas["GatewayUsage"] }) {
  const share = usage.per_day === 0 ? 0 : Math.min(1, usage.used_today / usage.per_day);
  return (
    <div className="card panel">
      <div className="actions"><b style={{ flex: 1 }}>Plan</b><span className="chip accent">{usage.plan}</span></div>
      <div className="stack" style={{ gap: 6 }}>
        <div className="actions"><span style={{ flex: 1 }}>Calls today</span><span className="muted">{count(usage.used_today)} of {count(usage.per_day)}</span></div>
        <div className="progress" role="progressbar" aria-label="Calls today" aria-valuenow={Math.round(share * 100)} aria-valuemin={0} aria-valuemax={100}><i style={{ width: `${Math.max(1, share * 100)}%` }} /></div>
      </div>
      <div className="scroll"><table className="table dense">
        <thead><tr><th>Limit</th><th className="right">A second</th><th className="right">At once</th><th className="right">Left now</th></tr></thead>
        <tbody>
          {([["The workspace", usage.workspace], ["You", usage.principal]] as const).map(([name, limit]) => (
            <tr key={name}><td>{name}</td><td className="right numbers">{count(limit.per_second)}</td><td className="right numbers">{count(limit.burst)}</td><td className="right numbers">{count(limit.remaining)}</td></tr>
          ))}
        </tbody>
      </table></div>
    </div>
  );
}

function Models() {
  const used = useLoad(["ai-usage"], () => api.GET("/v1/ai/usage"));
  const settings = useLoad(["ai-settings"], () => api.GET("/v1/ai/settings"));
  return (
    <Section title="Language models" lead="What they have used this month, and what they may.">
      <Await query={used} shape="text">
        {(found) => (
          <div className="card scroll">
            <table className="table dense">
              <thead><tr><th>Workflow and step</th><th className="extra">Model</th><th className="right">Requests</th><th className="right">Tokens</th><th className="right">Cost</th></tr></thead>
              <tbody>
                {found.items.length === 0 && <tr><td colSpan={5} className="muted">Nothing this month.</td></tr>}
                {found.items.map((item) => (
                  <tr key={`${item.workflow_id}${item.step}${item.model}`}><td>{item.workflow ?? "The assistant"}<span className="sub">{item.step}</span></td><td className="muted extra">{item.model}</td><td className="right numbers">{count(item.requests)}</td><td className="right numbers">{count(item.input_tokens + item.output_tokens)}</td><td className="right numbers">{item.cost.toFixed(2)}</td></tr>
                ))}
              </tbody>
              {found.items.length > 0 && <tfoot><tr><td className="strong">In all</td><td className="extra" /><td /><td className="right numbers">{count(found.tokens)}</td><td className="right numbers">{found.cost.toFixed(2)}</td></tr></tfoot>}
            </table>
          </div>
        )}
      </Await>
      <Await query={settings} shape="text">{(found) => <Budgets key={JSON.stringify(found)} stored={found} />}</Await>
    </Section>
  );
}

const numberOf = (text: string): number | null => (text === "" ? null : Number(text));

function Budgets({ stored }: { stored: Schemas["AISettings"] }) {
  const can = useCan();
  const connections = useLoad(["connections"], () => api.GET("/v1/connections"), { enabled: can("connections:read") });
  const [settings, setSettings] = useState(stored);
  const keep = useAct(() => api.PUT("/v1/ai/settings", { body: settings }), { touches: [["ai-settings"], ["ai-usage"]], says: "Kept." });
  const may = can("ai:write");
  const number = (label: string, name: "monthly_cost" | "monthly_tokens" | "workflow_monthly_tokens") => (
    <Field label={label}><input type="number" min={0} disabled={!may} value={settings[name] ?? ""} placeholder="no limit" onChange={(event) => setSettings({ ...settings, [name]: numberOf(event.target.value) })} /></Field>
  );
  const providers = (connections.data ?? []).filter(({ kind }) => kind === "ai_provider").map(({ name, title }) => ({ value: name, label: title }));
  const chosen = settings.connection ?? "";
  return (
    <Form className="card panel" onSubmit={() => keep.mutate()}>
      <div className="columns">
        <SelectField label="Model that is used" value={chosen} disabled={!may} options={[{ value: "", label: "none" }, ...providers, ...(chosen === "" || providers.some(({ value }) => value === chosen) ? [] : [{ value: chosen, label: chosen }])]} onChange={(value) => setSettings({ ...settings, connection: value === "" ? null : value })} />
        {number("Cost a month", "monthly_cost")}
        {number("Tokens a month", "monthly_tokens")}
        {number("Tokens a month and workflow", "workflow_monthly_tokens")}
        <Field label="Requests a minute"><input type="number" min={1} disabled={!may} value={settings.requests_per_minute ?? 600} onChange={(event) => setSettings({ ...settings, requests_per_minute: Number(event.target.value) })} /></Field>
      </div>
      <Complaint error={keep.error} />
      {may && <footer><button className="button primary" disabled={keep.isPending}>Save</button></footer>}
    </Form>
  );
}

function Counting() {
  const found = useLoad(["counting"], () => api.GET("/v1/analytics/settings"));
  return <Section title="How is counted" lead="Whose days, in which currency, and what an hour of work costs."><Await query={found} shape="text">{(stored) => <CountingForm key={JSON.stringify(stored)} stored={stored} />}</Await></Section>;
}

function CountingForm({ stored }: { stored: Schemas["Settings"] }) {
  const may = useCan()("analytics:write");
  const [settings, setSettings] = useState(stored);
  const keep = useAct(() => api.PUT("/v1/analytics/settings", { body: settings }), { touches: [["counting"], ["dashboard"]], says: "Kept." });
  return (
    <Form className="card panel" onSubmit={() => keep.mutate()}>
      <div className="columns">
        <TextField label="Time zone" value={settings.time_zone ?? "UTC"} disabled={!may} required onChange={(zone) => setSettings({ ...settings, time_zone: zone })} />
        <TextField label="Currency" value={settings.currency ?? "USD"} disabled={!may} required pattern="[A-Z]{3}" onChange={(currency) => setSettings({ ...settings, currency })} />
        <TextField label="An hour of work costs" type="number" min={0} step="any" value={String(settings.hourly_rate ?? 0)} disabled={!may} onChange={(rate) => setSettings({ ...settings, hourly_rate: Number(rate) })} />
        <TextField label="Language of files" value={settings.locale ?? "en"} disabled={!may} onChange={(locale) => setSettings({ ...settings, locale })} />
      </div>
      <Complaint error={keep.error} />
      {may && <footer><button className="button primary" disabled={keep.isPending}>Save</button></footer>}
    </Form>
  );
}
