/** A template under edit: what it says by language and channel, what data it takes. */

import type { Schemas } from "../api/client";
import { isFields, type Fields, type Json } from "../graph/definition";
import { exampleOf } from "../graph/samples";

export type Template = Schemas["NotificationsTemplate"];
export type Content = Schemas["TemplateContent"];
export type Body = Schemas["Body"];
export type Bodies = Record<string, Record<string, Body>>;
export type Channel = "email" | "sms" | "push" | "in_app" | "chat";
export type Slot = Channel | "default";

export const EMPTY: Body = { subject: "", text: "", data: {} };
const LAYOUT = `<div style="max-width: 560px; margin: 0 auto; font-family: sans-serif">
  {{ content }}
  <p style="color: #666; font-size: 12px">Sent by our automations</p>
</div>`;

/** What a new one begins with. */
export const begun = (kind: Content["kind"]): Bodies => ({ en: { default: kind === "layout" ? { ...EMPTY, html: LAYOUT } : { ...EMPTY, subject: "Hello {{ name }}" } } });

/** A stored template as it would be stored again. */
export const contentOf = (template: Template | null): Content =>
  template === null
    ? { name: "", kind: "template", category: "general", description: "", layout: null, default_locale: "en", bodies: begun("template"), data_schema: null }
    : { name: template.name, kind: template.kind, category: template.category, description: template.description, layout: template.layout, default_locale: template.default_locale, bodies: template.bodies, data_schema: template.data_schema };

const GIVEN = new Set(["content", "subject", "loop"]);

/** The names that texts take from the data: every one between double braces. */
export const namesIn = (bodies: Bodies): string[] =>
  [...new Set([...JSON.stringify(bodies).matchAll(/\{\{-?\s*([a-z_][a-z0-9_]*)/gi)].map(([, name]) => name!))].filter((name) => !GIVEN.has(name));

/** Example data: what the schema promises, and a mark for every other name in the texts. */
export function sampleOf({ bodies, data_schema: schema, kind }: Content): Fields {
  const marks = Object.fromEntries(namesIn(bodies as Bodies).map((name): [string, Json] => [name, `‹${name}›`]));
  const promised = exampleOf((schema ?? {}) as Json);
  return { ...marks, ...(isFields(promised) ? promised : {}), ...(kind === "layout" ? { content: "What the message says stands here." } : {}) };
}

/** The names in the texts that the schema does not know; none where there is no schema. */
export function unknown({ bodies, data_schema: schema }: Content): string[] {
  const properties = isFields(schema?.["properties"] as Json) ? (schema!["properties"] as Fields) : {};
  return schema == null ? [] : namesIn(bodies as Bodies).filter((name) => !(name in properties));
}

/** Texts of values that say the same: names in order, without what says nothing. */
const plainly = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) => (typeof each === "object" && each !== null && !Array.isArray(each) ? Object.fromEntries(Object.entries(each).filter(([, inner]) => inner !== null && inner !== "").toSorted(([a], [b]) => (a < b ? -1 : 1))) : each));

/** Whether two say the same; the server keeps no order of names. */
export const same = (one: Content, other: Content): boolean => plainly(one) === plainly(other);

/** Whether every language and channel says something: one that does not cannot be kept. */
export const speaks = ({ bodies }: Content): boolean =>
  Object.values(bodies as Bodies).every((by) => Object.values(by).every(({ subject, text, html }) => [subject, text, html ?? ""].some((each) => each.trim() !== "")));
