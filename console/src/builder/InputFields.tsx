/** What the workflow is handed over: its fields, which checks, forms and sample data go by. */

import { Plus, X } from "lucide-react";
import type { ReactNode } from "react";

import { isFields, type Fields, type Json } from "../graph/definition";
import { useReadOnly } from "./editing";
import { Tick } from "./fields";

const TYPES = ["string", "number", "integer", "boolean", "array", "object"];

interface Props {
  schema: Json | undefined;
  onChange: (schema: Fields | undefined) => void;
  title?: string;
  hint?: ReactNode;
}

const OF_INPUT = <>Expressions see it as <code>$trigger.body</code></>;

export function InputFields({ schema, onChange, title = "Input", hint = OF_INPUT }: Props) {
  const readOnly = useReadOnly();
  const own = isFields(schema) ? schema : {};
  const properties = isFields(own["properties"]) ? own["properties"] : {};
  const required = Array.isArray(own["required"]) ? own["required"].map(String) : [];
  const store = (fields: Fields, needed: string[]): void => {
    if (Object.keys(fields).length === 0) return onChange(undefined);
    const { required: _, ...rest } = own;
    onChange({ type: "object", ...rest, properties: fields, ...(needed.length === 0 ? {} : { required: needed }) });
  };
  const free = (): string => Array.from({ length: 100 }, (_, n) => (n === 0 ? "field" : `field_${n + 1}`)).find((name) => !(name in properties)) ?? "field";
  const rename = (before: string, after: string): void => {
    if (after === "" || after in properties) return;
    store(Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name === before ? after : name, inner])), required.map((name) => (name === before ? after : name)));
  };
  return (
    <section className="part" aria-label={title}>
      <h3>{title}</h3>
      {Object.entries(properties).map(([name, inner], index) => {
        const type = isFields(inner) && typeof inner["type"] === "string" ? inner["type"] : "string";
        return (
          <div className="input-row" key={index}>
            <input className="mono" aria-label={`${title} field ${index + 1}`} defaultValue={name} readOnly={readOnly} onBlur={(event) => rename(name, event.target.value.trim())} />
            <select aria-label={`Type of ${name}`} value={type} disabled={readOnly} onChange={(event) => store({ ...properties, [name]: { ...(isFields(inner) ? inner : {}), type: event.target.value } }, required)}>
              {[...new Set([...TYPES, type])].map((each) => <option key={each}>{each}</option>)}
            </select>
            <Tick label="needed" value={required.includes(name)} onChange={(needed) => store(properties, needed ? [...required, name] : required.filter((other) => other !== name))} />
            {!readOnly && <button type="button" className="button quiet icon tiny" aria-label={`Remove ${name}`} onClick={() => store(Object.fromEntries(Object.entries(properties).filter(([other]) => other !== name)), required.filter((other) => other !== name))}><X size={14} /></button>}
          </div>
        );
      })}
      {!readOnly && <button type="button" className="button quiet add-row" onClick={() => store({ ...properties, [free()]: { type: "string" } }, required)}><Plus size={14} aria-hidden /> Add a field</button>}
      <span className="muted small">{hint}</span>
    </section>
  );
}
