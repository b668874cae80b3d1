/** The template editor: texts by language and channel, the layout around them, the data that they take. */

import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { useCan } from "../api/account";
import { api } from "../api/client";
import { useAct, useLoad } from "../api/use";
import type { Fields } from "../graph/definition";
import { Field, Form, SelectField, TextArea, TextField } from "../ui/forms";
import { Complaint } from "../ui/parts";
import { begun, contentOf, EMPTY, same, unknown, type Bodies, type Body, type Content, type Slot, type Template } from "./content";
import { DataFields } from "./DataFields";
import { Preview } from "./TemplatePreview";

const SLOTS: readonly { value: Slot; label: string }[] = [{ value: "default", label: "Every channel" }, { value: "email", label: "E-mail" }, { value: "in_app", label: "In the console" }, { value: "sms", label: "SMS" }, { value: "push", label: "Push" }, { value: "chat", label: "Chat" }];
const KINDS: { value: NonNullable<Content["kind"]>; label: string }[] = [{ value: "template", label: "A message" }, { value: "layout", label: "A layout around messages" }];

export function Editor({ template }: { template: Template | null }) {
  const may = useCan()("notifications:write");
  const navigate = useNavigate();
  const [content, setContent] = useState(() => contentOf(template));
  const [locale, setLocale] = useState(content.default_locale ?? "en");
  const [slot, setSlot] = useState<Slot>("default");
  const set = (change: Partial<Content>): void => setContent({ ...content, ...change });
  const keep = useAct(() => (template === null ? api.POST("/v1/notification-templates", { body: content }) : api.PUT("/v1/notification-templates/{template_id}", { params: { path: { template_id: template.id } }, body: content })), {
    touches: [["notification-templates"], ["notification-template"], ["notification-preview"]], says: ({ version }) => `Version ${version} is kept.`,
    done: ({ id }) => template === null && navigate({ to: "/notifications/templates/$templateId", params: { templateId: id } }),
  });
  const changed = !same(content, contentOf(template));
  const isLayout = content.kind === "layout";
  return (
    <div className="split editor-split">
      <Form className="card panel" onSubmit={() => keep.mutate()} label="Template">
        <div className="columns">
          <TextField label="Name" value={content.name} onChange={(name) => set({ name })} required placeholder={isLayout ? "letterhead" : "order-shipped"} />
          {template === null && <SelectField label="It is" value={content.kind ?? "template"} options={KINDS} onChange={(kind) => { set({ kind, bodies: begun(kind), layout: null, data_schema: null }); setLocale("en"); setSlot("default"); }} />}
          <TextField label="Category" value={content.category ?? ""} onChange={(category) => set({ category })} required />
          <Languages content={content} locale={locale} onChoose={setLocale} onChange={set} />
          {!isLayout && <LayoutField value={content.layout ?? null} onChange={(layout) => set({ layout })} />}
        </div>
        {isLayout ? <LayoutText content={content} locale={locale} onChange={set} /> : <Texts content={content} locale={locale} slot={slot} onSlot={setSlot} onChange={set} />}
        {!isLayout && <DataFields schema={(content.data_schema ?? null) as Fields | null} may={may} missing={unknown(content)} onChange={(schema) => set({ data_schema: schema })} />}
        <Complaint error={keep.error} />
        {may && <footer>{changed && template !== null && <span className="muted small" style={{ alignSelf: "center" }}>Not saved yet</span>}<button className="button primary" disabled={keep.isPending}>{template === null ? "Create" : "Save a version"}</button></footer>}
      </Form>
      {template === null ? <p className="card panel muted">Once it is created, you see here what it looks like.</p> : <Preview template={template} content={content} changed={changed} locale={locale} channel={slot === "default" ? "email" : slot} />}
    </div>
  );
}

interface PartProps {
  content: Content;
  locale: string;
  onChange: (change: Partial<Content>) => void;
}

function Languages({ content, locale, onChoose, onChange }: PartProps & { onChoose: (locale: string) => void }) {
  const [fresh, setFresh] = useState("");
  const add = (): void => {
    if (!/^[A-Za-z]{2,3}/.test(fresh)) return;
    const first = content.kind === "layout" ? begun("layout")["en"]! : { default: { ...EMPTY } };
    onChange({ bodies: { ...content.bodies, [fresh]: content.bodies[fresh] ?? first } });
    onChoose(fresh);
    setFresh("");
  };
  return (
    <>
      <SelectField label="Language" value={locale} options={Object.keys(content.bodies)} onChange={onChoose} />
      <Field label="Another language"><input value={fresh} placeholder="de" pattern="[A-Za-z]{2,3}([_\-][A-Za-z0-9]+)*" onChange={(event) => setFresh(event.target.value)} onBlur={add} /></Field>
    </>
  );
}

/** The layout that the HTML of e-mails stands in. */
function LayoutField({ value, onChange }: { value: string | null; onChange: (layout: string | null) => void }) {
  const found = useLoad(["notification-templates"], () => api.GET("/v1/notification-templates", { params: { query: { limit: 100 } } }));
  const names = (found.data?.items ?? []).filter(({ kind }) => kind === "layout").map(({ name }) => name);
  const known = value === null || names.includes(value) ? names : [...names, value];
  return <SelectField label="Layout of e-mails" value={value ?? ""} options={[{ value: "", label: known.length === 0 ? "none yet" : "none" }, ...known.map((name) => ({ value: name, label: name }))]} onChange={(name) => onChange(name === "" ? null : name)} />;
}

const changedBody = ({ content, locale }: PartProps, slot: Slot, change: Partial<Body>): Partial<Content> => ({
  bodies: { ...content.bodies, [locale]: { ...content.bodies[locale], [slot]: { ...((content.bodies as Bodies)[locale]?.[slot] ?? EMPTY), ...change } } },
});

function LayoutText(props: PartProps) {
  const html = (props.content.bodies as Bodies)[props.locale]?.["default"]?.html ?? "";
  return <TextArea label="HTML" className="mono" rows={16} value={html} required onChange={(text) => props.onChange(changedBody(props, "default", { html: text }))} hint="{{ content }} is where a message’s own HTML stands; {{ subject }} is its subject" />;
}

function Texts(props: PartProps & { slot: Slot; onSlot: (slot: Slot) => void }) {
  const { content, locale, slot, onSlot, onChange } = props;
  const said = (content.bodies as Bodies)[locale];
  const body = said?.[slot];
  const put = (change: Partial<Body>): void => onChange(changedBody(props, slot, change));
  return (
    <>
      <div className="chips" role="group" aria-label="Channel">
        {SLOTS.map(({ value, label }) => <button key={value} type="button" className="chip" aria-pressed={slot === value} onClick={() => onSlot(value)}>{label}{said?.[value] !== undefined && value !== "default" ? " ·" : ""}</button>)}
      </div>
      {body === undefined && <p className="muted small">This channel takes the text of every channel, until you write one for it.</p>}
      <TextField label="Subject" value={body?.subject ?? ""} maxLength={500} onChange={(subject) => put({ subject })} />
      <TextArea label="Text" rows={7} value={body?.text ?? ""} onChange={(text) => put({ text })} hint="{{ name }} is filled in from the data; {% if %} and {% for %} work too" />
      {(slot === "email" || slot === "default") && <TextArea label="HTML, for e-mails" className="mono" rows={6} value={body?.html ?? ""} onChange={(html) => put({ html: html === "" ? null : html })} />}
    </>
  );
}
