/** What can start a workflow, each with its fields. */

import { Braces, CalendarClock, FileInput, FormInput, Hand, Radio, RefreshCw, Trash2, Webhook, type LucideIcon } from "lucide-react";

import type { Schemas } from "../api/client";
import type { Fields } from "../graph/definition";
import { sentence } from "../graph/overlay";
import { ApiFields } from "./ApiFields";
import { useReadOnly } from "./editing";
import { Choice, TextField } from "./fields";
import { plain } from "./parsing";
import { PollFields } from "./PollFields";
import { Running } from "./Running";
import type { Workflow } from "./useDraft";
import { WebhookFields } from "./WebhookFields";

export const NEW_TRIGGERS: Record<string, { title: string; icon: LucideIcon; fields: Fields }> = {
  webhook: { title: "Webhook", icon: Webhook, fields: { type: "webhook", method: "POST" } },
  api: { title: "API", icon: Braces, fields: { type: "api", method: "POST", path: "/run" } },
  schedule: { title: "Schedule", icon: CalendarClock, fields: { type: "schedule", cron: "0 9 * * *", timezone: Intl.DateTimeFormat().resolvedOptions().timeZone } },
  form: { title: "Form", icon: FormInput, fields: { type: "form", title: "New request", submit: "Send", access: "public" } },
  event: { title: "Event", icon: Radio, fields: { type: "event", event: "order.paid" } },
  file: { title: "File", icon: FileInput, fields: { type: "file", max_size: 10_000_000 } },
  poll: { title: "Poll", icon: RefreshCw, fields: { type: "poll", rate: "5m", use: "http.request", with: { url: "" }, items: "{% $result.body %}", key: "{% $item.id %}" } },
  manual: { title: "By hand", icon: Hand, fields: { type: "manual" } },
};

interface Props {
  trigger: Fields;
  workflow: Workflow;
  findings: readonly Schemas["FindingView"][];
  onChange: (changed: Fields | undefined) => void;
}

export function Trigger({ trigger, workflow, findings, onChange }: Props) {
  const type = String(trigger["type"]);
  const known = NEW_TRIGGERS[type];
  const Icon = known?.icon ?? Radio;
  const id = String(trigger["id"]);
  return (
    <div className="trigger">
      <header>
        <span className="kind use"><Icon size={15} aria-hidden /></span>
        <b>{known?.title ?? type}</b> <code className="muted">{id}</code>
        {!useReadOnly() && <button type="button" className="button quiet icon tiny danger" aria-label={`Remove the trigger ${id}`} onClick={() => onChange(undefined)}><Trash2 size={14} /></button>}
      </header>
      {findings.map((found) => <p key={found.pointer + found.detail} className={found.severity === "error" ? "banner" : "banner warn"}>{sentence(found)}</p>)}
      <TriggerFields type={type} trigger={trigger} put={(fields) => onChange(told({ ...trigger, ...fields }))} />
      <Running workflow={workflow} trigger={trigger} />
    </div>
  );
}

/** Fields without those that say nothing. */
const told = (fields: Partial<Fields>): Fields => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== "" && value !== null && value !== undefined)) as Fields;

function TriggerFields({ type, trigger, put }: { type: string; trigger: Fields; put: (fields: Partial<Fields>) => void }) {
  const text = (name: string, label: string, hint?: string, mono = false) => <TextField label={label} mono={mono} hint={hint} value={plain(trigger[name])} onChange={(value) => put({ [name]: value })} />;
  switch (type) {
    case "webhook": return <WebhookFields trigger={trigger} put={put} />;
    case "api": return <ApiFields trigger={trigger} put={put} />;
    case "schedule": return <>{text("cron", "Cron", "minute hour day month weekday", true)}{text("timezone", "Time zone")}</>;
    case "form": return (
      <>
        {text("title", "Title")}
        <Choice label="Who may fill it in" value={plain(trigger["access"]) || "public"} options={[["public", "everybody"], ["signed", "who has a signed link"]]} onChange={(access) => put({ access })} />
      </>
    );
    case "event": return text("event", "Event", "Its type, such as invoice.paid", true);
    case "manual": return <p className="muted small">People and API keys with the right to run it.</p>;
    case "file": return text("max_size", "Bytes at most");
    case "poll": return <PollFields trigger={trigger} put={put} />;
    default: return null;
  }
}
