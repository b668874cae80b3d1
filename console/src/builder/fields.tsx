/** Plain fields of the inspector, and rows of names with values. */

import { Plus, X } from "lucide-react";
import { useEffect, useId, useState } from "react";

import { isFields, type Fields, type Json } from "../graph/definition";
import { useReadOnly } from "./editing";
import { ValueField } from "./ValueField";

interface TextProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  mono?: boolean;
  lines?: number;
  hint?: string | undefined;
  required?: boolean;
  options?: string[];
  placeholder?: string;
  /** Told only when the field is left. */
  late?: boolean;
}

/** A line or several of text, told once it rests or its field is left. */
export function TextField({ label, value, onChange, mono = false, lines = 1, hint, required = false, options, placeholder, late = false }: TextProps) {
  const [text, setText] = useState(value);
  const id = useId();
  const readOnly = useReadOnly();
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (late || text === value) return;
    const timer = setTimeout(() => onChange(text), 500);
    return () => clearTimeout(timer);
  });
  const tell = (): void => {
    if (text !== value) onChange(text);
  };
  const common = { id, value: text, className: mono ? "mono" : "", spellCheck: !mono, "aria-required": required, onBlur: tell, readOnly, placeholder };
  return (
    <div className="field">
      <label htmlFor={id}>{label} {required && <em className="muted">required</em>}</label>
      {lines > 1 ? <textarea {...common} rows={lines} onChange={(event) => setText(event.target.value)} /> : <input {...common} list={options && `${id}-list`} onChange={(event) => setText(event.target.value)} />}
      {options && <datalist id={`${id}-list`}>{options.map((option) => <option key={option} value={option} />)}</datalist>}
      {hint !== undefined && <span className="muted small">{hint}</span>}
    </div>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  options: [string, string][];
  onChange: (value: string) => void;
  hint?: string | undefined;
}

export function Choice({ label, value, options, onChange, hint }: ChoiceProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} disabled={useReadOnly()} onChange={(event) => onChange(event.target.value)}>
        {options.map(([key, title]) => <option key={key} value={key}>{title}</option>)}
      </select>
      {hint !== undefined && <span className="muted small">{hint}</span>}
    </div>
  );
}

export const Tick = ({ label, value, onChange }: { label: string; value: boolean; onChange: (value: boolean) => void }) => (
  <label className="tick"><input type="checkbox" checked={value} disabled={useReadOnly()} onChange={(event) => onChange(event.target.checked)} /> {label}</label>
);

interface RowsProps {
  label: string;
  value: Fields;
  onChange: (value: Fields) => void;
  hint?: string | undefined;
  required?: boolean;
}

/** An object as rows of names with values. */
export function RowsField({ label, value, onChange, hint, required = false }: RowsProps) {
  const readOnly = useReadOnly();
  const rename = (before: string, after: string): void => {
    if (after === "" || after in value) return;
    onChange(Object.fromEntries(Object.entries(value).map(([name, inner]) => [name === before ? after : name, inner])));
  };
  const free = (): string => Array.from({ length: 100 }, (_, n) => (n === 0 ? "field" : `field_${n + 1}`)).find((name) => !(name in value)) ?? "field";
  return (
    <fieldset className="rows-field">
      <legend>{label} {required && <em className="muted">required</em>}</legend>
      {Object.entries(value).map(([name, inner], index) => (
        <div className="row-field" key={index}>
          <NameBox label={`${label}: name ${index + 1}`} name={name} onChange={(after) => rename(name, after)} />
          <ValueField bare label={`${label}: ${name}`} value={inner} onChange={(changed) => onChange({ ...value, [name]: changed ?? "" })} />
          {!readOnly && <button type="button" className="button quiet icon tiny" aria-label={`Remove ${name}`} onClick={() => onChange(Object.fromEntries(Object.entries(value).filter(([other]) => other !== name)))}><X size={14} /></button>}
        </div>
      ))}
      {!readOnly && <button type="button" className="button quiet add-row" onClick={() => onChange({ ...value, [free()]: "" })}><Plus size={14} aria-hidden /> Add a field</button>}
      {hint !== undefined && <span className="muted small">{hint}</span>}
    </fieldset>
  );
}

function NameBox({ label, name, onChange }: { label: string; name: string; onChange: (name: string) => void }) {
  const [text, setText] = useState(name);
  useEffect(() => setText(name), [name]);
  return <input className="mono" aria-label={label} value={text} readOnly={useReadOnly()} onChange={(event) => setText(event.target.value)} onBlur={() => onChange(text.trim())} />;
}

/** A list as one value after the other. */
export function ItemsField({ label, value, onChange, hint, required = false }: { label: string; value: Json[]; onChange: (value: Json[]) => void; hint?: string | undefined; required?: boolean }) {
  const readOnly = useReadOnly();
  return (
    <fieldset className="rows-field">
      <legend>{label} {required && <em className="muted">required</em>}</legend>
      {value.map((item, index) => (
        <div className="row-field single" key={index}>
          <ValueField bare label={`${label} ${index + 1}`} value={item} onChange={(changed) => onChange(value.map((other, at) => (at === index ? (changed ?? "") : other)))} />
          {!readOnly && <button type="button" className="button quiet icon tiny" aria-label={`Remove ${label} ${index + 1}`} onClick={() => onChange(value.filter((_, at) => at !== index))}><X size={14} /></button>}
        </div>
      ))}
      {!readOnly && <button type="button" className="button quiet add-row" onClick={() => onChange([...value, ""])}><Plus size={14} aria-hidden /> Add another</button>}
      {hint !== undefined && <span className="muted small">{hint}</span>}
    </fieldset>
  );
}

/** Whether an object can be shown as rows. */
export const isRows = (value: Json | undefined): value is Fields => isFields(value) && Object.keys(value).length <= 40;
