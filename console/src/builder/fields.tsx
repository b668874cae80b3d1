/** Fields of the inspector: text, values that may be expressions, and forms from JSON Schemas. */

import { useEffect, useId, useState, type ReactNode } from "react";

import { isFields, type Fields, type Json } from "../graph/definition";

/** What a person typed, as a value: JSON where it is some, else text. */
export function parsed(text: string): Json {
  const trimmed = text.trim();
  if (!/^[[{"\d-]|^(true|false|null)$/.test(trimmed)) return text;
  try {
    return JSON.parse(trimmed) as Json;
  } catch {
    return text;
  }
}

/** A value as a person edits it. Texts that read like something else keep their quotes. */
export function shown(value: Json | undefined): string {
  if (value === undefined) return "";
  if (typeof value !== "string") return JSON.stringify(value, null, 2);
  return parsed(value) === value ? value : JSON.stringify(value);
}

interface TextProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  mono?: boolean;
  lines?: number;
  hint?: string | undefined;
  required?: boolean;
  options?: string[];
}

/** A line or several of text. It is told on leaving the field, so that typing is one change. */
export function TextField({ label, value, onChange, mono = false, lines = 1, hint, required = false, options }: TextProps) {
  const [text, setText] = useState(value);
  const id = useId();
  useEffect(() => setText(value), [value]);
  const tell = (): void => {
    if (text !== value) onChange(text);
  };
  const common = { id, value: text, className: mono ? "mono" : "", spellCheck: !mono, "aria-required": required, onBlur: tell };
  return (
    <div className="field">
      <label htmlFor={id}>
        {label} {required && <span className="muted">required</span>}
      </label>
      {lines > 1 ? (
        <textarea {...common} rows={lines} onChange={(event) => setText(event.target.value)} />
      ) : (
        <input {...common} list={options && `${id}-list`} onChange={(event) => setText(event.target.value)} onKeyDown={(event) => event.key === "Enter" && tell()} />
      )}
      {options && <datalist id={`${id}-list`}>{options.map((option) => <option key={option} value={option} />)}</datalist>}
      {hint !== undefined && <span className="muted small">{hint}</span>}
    </div>
  );
}

/** A value of any type: text, JSON, or an expression in {% … %}. */
export function ValueField({ label, value, onChange, hint, required, lines }: { label: string; value: Json | undefined; onChange: (value: Json | undefined) => void; hint?: string | undefined; required?: boolean; lines?: number }) {
  const text = shown(value);
  return (
    <TextField
      label={label}
      value={text}
      hint={hint}
      required={required ?? false}
      mono={typeof value !== "string" || value.includes("{%")}
      lines={lines ?? Math.min(10, Math.max(text.includes("\n") || text.length > 40 ? 3 : 1, text.split("\n").length))}
      onChange={(changed) => onChange(changed === "" ? undefined : parsed(changed))}
    />
  );
}

export function Choice({ label, value, options, onChange }: { label: string; value: string; options: [string, string][]; onChange: (value: string) => void }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChange(event.target.value)}>
        {options.map(([key, title]) => <option key={key} value={key}>{title}</option>)}
      </select>
    </div>
  );
}

const spaced = (name: string): string => name.replaceAll("_", " ").replace(/^./, (first) => first.toUpperCase());

function SchemaField({ name, schema, value, required, onChange }: { name: string; schema: Fields; value: Json | undefined; required: boolean; onChange: (value: Json | undefined) => void }): ReactNode {
  const label = typeof schema["title"] === "string" ? schema["title"] : spaced(name);
  const choices = Array.isArray(schema["enum"]) ? schema["enum"].map(String) : undefined;
  const expression = typeof value === "string" && value.includes("{%");
  if (choices !== undefined && !expression) {
    const options: [string, string][] = choices.map((choice) => [choice, choice]);
    return <Choice label={label} value={String(value ?? "")} options={[["", "—"], ...options]} onChange={(chosen) => onChange(chosen === "" ? undefined : chosen)} />;
  }
  if (schema["type"] === "boolean" && !expression) {
    return (
      <label style={{ display: "flex", gap: 8 }}>
        <input type="checkbox" checked={value === true} onChange={(event) => onChange(event.target.checked ? true : undefined)} /> {label}
      </label>
    );
  }
  const long = ["text", "html", "body", "query"].includes(name);
  return <ValueField label={label} value={value} required={required} hint={typeof schema["description"] === "string" ? schema["description"] : undefined} onChange={onChange} {...(long ? { lines: 4 } : {})} />;
}

/** A form for an object's schema. What the schema does not know is kept as it is. */
export function SchemaForm({ schema, value, onChange }: { schema: Fields; value: Fields; onChange: (value: Fields) => void }) {
  const properties = isFields(schema["properties"]) ? schema["properties"] : {};
  const required = new Set(Array.isArray(schema["required"]) ? schema["required"] : []);
  const put = (name: string, changed: Json | undefined): void => {
    const { [name]: _, ...rest } = value;
    onChange(changed === undefined ? rest : { ...value, [name]: changed });
  };
  const names = Object.keys(properties).toSorted((a, b) => Number(required.has(b)) - Number(required.has(a)));
  return (
    <>
      {names.map((name) => {
        const inner = properties[name];
        return <SchemaField key={name} name={name} schema={isFields(inner) ? inner : {}} value={value[name]} required={required.has(name)} onChange={(changed) => put(name, changed)} />;
      })}
    </>
  );
}
