/** Fields made of a JSON Schema: for templates, human tasks, sample data. */

import { useState } from "react";

import { Field, ListField, Switch, type Choice } from "./forms";
import { inOrder, inputType, labelOf, type Schema, type Values } from "./schema";

interface FormProps {
  schema: Schema;
  values: Values;
  onChange: (values: Values) => void;
  /** Shown in empty fields. */
  examples?: Values;
  /** Offered where the examples are people. */
  people?: readonly Choice[];
}

export function SchemaForm({ schema, values, onChange, examples = {}, people = [] }: FormProps) {
  const put = (name: string, value: unknown): void => {
    const { [name]: _, ...others } = values;
    onChange(value === undefined ? others : { ...others, [name]: value });
  };
  return (
    <div className="stack">
      {inOrder(schema).map(([name, each]) => (
        <SchemaField
          key={name} label={labelOf(name, each)} schema={each} value={values[name]} example={examples[name]} people={people}
          required={schema.required?.includes(name) ?? false} onChange={(value) => put(name, value)}
        />
      ))}
    </div>
  );
}

interface FieldProps {
  label: string;
  schema: Schema;
  value: unknown;
  example: unknown;
  people: readonly Choice[];
  required: boolean;
  onChange: (value: unknown) => void;
}

const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
const arePeople = (example: unknown): boolean => texts(example).some((each) => /^(role|group|user):|@/.test(each));

function SchemaField(props: FieldProps) {
  const { label, schema, value, example, people, required, onChange } = props;
  const hint = schema.description === undefined ? {} : { hint: schema.description };
  if (schema.enum !== undefined) return <Enumeration {...props} />;
  switch (schema.type) {
    case "boolean":
      return <Switch label={label} {...hint} checked={value === true} onChange={onChange} />;
    case "array":
      if (schema.items?.enum !== undefined) return <Several {...props} />;
      if (schema.items?.type !== undefined && schema.items.type !== "string") return <Raw {...props} />;
      return (
        <ListField
          label={label} {...hint} values={texts(value)} required={required} placeholder={texts(example).join(", ")}
          type={inputType(schema.items ?? {})} suggestions={arePeople(example) ? people : []} onChange={onChange}
        />
      );
    case "number":
    case "integer":
      return (
        <Field label={label} {...hint} optional={!required}>
          <input
            type="number" required={required} min={schema.minimum} max={schema.maximum} step={schema.type === "integer" ? 1 : "any"}
            value={typeof value === "number" ? value : ""} placeholder={example === undefined ? "" : String(example)}
            onChange={(event) => onChange(event.target.value === "" ? undefined : Number(event.target.value))}
          />
        </Field>
      );
    case "object":
      return schema.properties === undefined ? <Raw {...props} /> : (
        <fieldset className="nested">
          <legend>{label}</legend>
          <SchemaForm schema={schema} values={(value ?? {}) as Values} examples={(example ?? {}) as Values} people={people} onChange={onChange} />
        </fieldset>
      );
    case "string":
      return <Text {...props} />;
    default:
      return <Raw {...props} />;
  }
}

function Text({ label, schema, value, example, required, onChange }: FieldProps) {
  const held = typeof value === "string" ? value : "";
  const common = {
    required, minLength: schema.minLength, maxLength: schema.maxLength, placeholder: example === undefined ? "" : String(example), value: held,
    onChange: (event: { target: { value: string } }) => onChange(event.target.value === "" ? undefined : event.target.value),
  };
  return (
    <Field label={label} {...(schema.description === undefined ? {} : { hint: schema.description })} optional={!required}>
      {(schema.maxLength ?? 0) > 200 ? <textarea {...common} rows={4} /> : <input type={inputType(schema)} pattern={schema.pattern} {...common} />}
    </Field>
  );
}

function Enumeration({ label, schema, value, required, onChange }: FieldProps) {
  const options = schema.enum ?? [];
  return (
    <Field label={label} {...(schema.description === undefined ? {} : { hint: schema.description })} optional={!required}>
      <select required={required} value={options.indexOf(value)} onChange={(event) => onChange(options[Number(event.target.value)])}>
        <option value={-1} disabled={required}>{required ? "Choose …" : "–"}</option>
        {options.map((option, at) => <option key={String(option)} value={at}>{String(option)}</option>)}
      </select>
    </Field>
  );
}

function Several({ label, schema, value, onChange }: FieldProps) {
  const chosen = Array.isArray(value) ? value : [];
  const options = schema.items?.enum ?? [];
  return (
    <fieldset className="field checks">
      <legend>{label}</legend>
      {options.map((option) => (
        <label key={String(option)}>
          <input type="checkbox" checked={chosen.includes(option)} onChange={(event) => onChange(options.filter((each) => (each === option ? event.target.checked : chosen.includes(each))))} />
          {String(option)}
        </label>
      ))}
    </fieldset>
  );
}

/** Whatever has no field of its own is written as JSON. */
function Raw({ label, value, required, onChange }: FieldProps) {
  const [text, setText] = useState(() => (value === undefined ? "" : JSON.stringify(value, null, 2)));
  const [broken, setBroken] = useState(false);
  const read = (entered: string): void => {
    setText(entered);
    try {
      onChange(entered.trim() === "" ? undefined : JSON.parse(entered));
      setBroken(false);
    } catch {
      setBroken(true);
    }
  };
  return (
    <Field label={`${label} (JSON)`} optional={!required} {...(broken ? { hint: <span className="complaint">This is not JSON yet.</span> } : {})}>
      <textarea className="mono" rows={4} value={text} spellCheck={false} required={required} onChange={(event) => read(event.target.value)} />
    </Field>
  );
}
