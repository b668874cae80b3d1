/** The template editor: texts by language and channel, and what they look like with data. */

import { useNavigate, useParams } from "@tanstack/react-router";
import { Send, Trash2 } from "lucide-react";
import { useState } from "react";

import { useCan } from "../api/account";
import { api, type Schemas } from "../api/client";
import { useAct, useLoad } from "../api/use";
import { Acts, Confirm } from "../ui/extras";
import { Field, Form, SelectField, TextArea, TextField } from "../ui/forms";
import { Await, Page } from "../ui/page";
import { Complaint } from "../ui/parts";

type Template = Schemas["NotificationsTemplate"];
type Body = Schemas["Body"];
type Bodies = Record<string, Record<string, Body>>;
type Channel = "email" | "sms" | "push" | "in_app" | "chat";
type Slot = Channel | "default";

const SLOTS: readonly { value: Slot; label: string }[] = [{ value: "default", label: "Every channel" }, { value: "email", label: "E-mail" }, { value: "in_app", label: "In the console" }, { value: "sms", label: "SMS" }, { value: "push", label: "Push" }, { value: "chat", label: "Chat" }];
const EMPTY: Body = { subject: "", text: "", data: {} };

export function TemplateEditorPage() {
  const { templateId } = useParams({ from: "/inside/notifications/templates/$templateId" });
  const fresh = templateId === "new";
  const found = useLoad(["notification-template", templateId], () => api.GET("/v1/notification-templates/{template_id}", { params: { path: { template_id: templateId } } }), { enabled: !fresh });
  const name = found.data?.name ?? "New template";
  return (
    <Page title={name} back={{ to: "/notifications", label: "Notifications" }} size="wide" badge={found.data !== undefined && <span className="chip">version {found.data.version}</span>} actions={found.data !== undefined && <More template={found.data} />}>
      {fresh ? <Editor template={null} /> : <Await query={found} shape="text">{(template) => <Editor key={template.id} template={template} />}</Await>}
    </Page>
  );
}

function More({ template }: { template: Template }) {
  const may = useCan()("notifications:write");
  const navigate = useNavigate();
  const [deleting, setDeleting] = useState(false);
  const remove = useAct(() => api.DELETE("/v1/notification-templates/{template_id}", { params: { path: { template_id: template.id } } }), { touches: [["notification-templates"]], says: "The template is deleted.", done: () => navigate({ to: "/notifications" }) });
  return (
    <>
      <Acts label="More" acts={[may && { label: "Delete", danger: true, icon: <Trash2 size={15} aria-hidden />, run: () => setDeleting(true) }]} />
      <Confirm title={`Delete ${template.name}?`} action="Delete" open={deleting} pending={remove.isPending} error={remove.error} onClose={() => setDeleting(false)} onConfirm={() => remove.mutate()}>What is waiting to be sent with it is sent all the same.</Confirm>
    </>
  );
}

/** Example data for what the texts ask for: every name between double braces. */
function sampleOf(bodies: Bodies): Record<string, unknown> {
  const names = [...JSON.stringify(bodies).matchAll(/\{\{\s*([a-z_][a-z0-9_]*)/gi)].map(([, name]) => name!).filter((name) => name !== "content");
  return Object.fromEntries([...new Set(names)].map((name) => [name, `‹${name}›`]));
}

function Editor({ template }: { template: Template | null }) {
  const may = useCan()("notifications:write");
  const navigate = useNavigate();
  const [name, setName] = useState(template?.name ?? "");
  const [category, setCategory] = useState(template?.category ?? "general");
  const [bodies, setBodies] = useState<Bodies>(template?.bodies ?? { en: { default: { ...EMPTY, subject: "Hello {{ name }}" } } });
  const [locale, setLocale] = useState(template?.default_locale ?? "en");
  const [slot, setSlot] = useState<Slot>("default");
  const [fresh, setFresh] = useState("");
  const body = bodies[locale]?.[slot];
  const put = (change: Partial<Body>): void => setBodies({ ...bodies, [locale]: { ...bodies[locale], [slot]: { ...(body ?? EMPTY), ...change } } });
  const keep = useAct(() => {
    const content = { name, category, kind: template?.kind ?? "template", description: template?.description ?? "", layout: template?.layout ?? null, default_locale: template?.default_locale ?? "en", data_schema: template?.data_schema ?? null, bodies };
    return template === null ? api.POST("/v1/notification-templates", { body: content }) : api.PUT("/v1/notification-templates/{template_id}", { params: { path: { template_id: template.id } }, body: content });
  }, {
    touches: [["notification-templates"], ["notification-template"], ["notification-preview"]], says: ({ version }) => `Version ${version} is kept.`,
    done: ({ id }) => template === null && navigate({ to: "/notifications/templates/$templateId", params: { templateId: id } }),
  });
  return (
    <div className="split editor-split">
      <Form className="card panel" onSubmit={() => keep.mutate()} label="Template">
        <div className="columns">
          <TextField label="Name" value={name} onChange={setName} required placeholder="order-shipped" />
          <TextField label="Category" value={category} onChange={setCategory} required />
          <SelectField label="Language" value={locale} options={Object.keys(bodies)} onChange={setLocale} />
          <Field label="Another language"><input value={fresh} placeholder="de" pattern="[A-Za-z]{2,3}([_\-][A-Za-z0-9]+)*" onChange={(event) => setFresh(event.target.value)} onBlur={() => { if (/^[A-Za-z]{2,3}/.test(fresh)) { setBodies({ ...bodies, [fresh]: bodies[fresh] ?? { default: { ...EMPTY } } }); setLocale(fresh); setFresh(""); } }} /></Field>
        </div>
        <div className="chips" role="group" aria-label="Channel">
          {SLOTS.map(({ value, label }) => <button key={value} type="button" className="chip" aria-pressed={slot === value} onClick={() => setSlot(value)}>{label}{bodies[locale]?.[value] !== undefined && value !== "default" ? " ·" : ""}</button>)}
        </div>
        {body === undefined && <p className="muted small">This channel takes the text of every channel, until you write one for it.</p>}
        <TextField label="Subject" value={body?.subject ?? ""} maxLength={500} onChange={(subject) => put({ subject })} />
        <TextArea label="Text" rows={7} value={body?.text ?? ""} onChange={(text) => put({ text })} hint="{{ name }} is filled in from the data; {% if %} and {% for %} work too" />
        {(slot === "email" || slot === "default") && <TextArea label="HTML, for e-mails" className="mono" rows={6} value={body?.html ?? ""} onChange={(html) => put({ html: html === "" ? null : html })} />}
        <Complaint error={keep.error} />
        {may && <footer><button className="button primary" disabled={keep.isPending}>{template === null ? "Create" : "Save a version"}</button></footer>}
      </Form>
      {template === null ? <p className="card panel muted">Once it is created, you see here what it looks like.</p> : <Preview template={template} locale={locale} channel={slot === "default" ? "email" : slot} />}
    </div>
  );
}

function Preview({ template, locale, channel }: { template: Template; locale: string; channel: Channel }) {
  const can = useCan();
  const [text, setText] = useState(() => JSON.stringify(sampleOf(template.bodies), null, 2));
  let data: Record<string, unknown> | null = null;
  try {
    data = JSON.parse(text) as Record<string, unknown>;
  } catch {
    data = null;
  }
  const path = { params: { path: { template_id: template.id } } };
  const shown = useLoad(["notification-preview", template.id, template.version, locale, channel, text], () => api.POST("/v1/notification-templates/{template_id}/preview", { ...path, body: { channel, locale, data: data ?? {} } }), { enabled: data !== null, keep: true });
  const send = useAct(() => api.POST("/v1/notification-templates/{template_id}/test", { ...path, body: { channels: [channel], locale, data: data ?? {} } }), { says: "It is on its way to you." });
  return (
    <aside className="card panel" aria-label="Preview">
      <header className="actions"><h2 style={{ flex: 1 }}>Preview</h2>{can("notifications:send") && <button type="button" className="button small-button" disabled={data === null || send.isPending} onClick={() => send.mutate()}><Send size={14} aria-hidden /> Send it to me</button>}</header>
      <TextArea label="Data" className="mono" rows={4} value={text} onChange={setText} {...(data === null ? { hint: <span className="complaint">This is not JSON yet.</span> } : {})} />
      <Complaint error={shown.error ?? send.error} />
      {shown.data !== undefined && (
        <div className="letter">
          <b>{shown.data.body.subject}</b>
          {shown.data.body.html != null && channel === "email" ? <iframe title="The e-mail" sandbox="" srcDoc={shown.data.body.html} /> : <p style={{ whiteSpace: "pre-line" }}>{shown.data.body.text}</p>}
        </div>
      )}
    </aside>
  );
}
