/** Forms from JSON Schemas, in which each value may be an expression. */

import { useState, type ReactNode } from "react";

import { isFields, type Fields, type Json } from "../graph/definition";
import { Choice, isRows, ItemsField, RowsField, Tick } from "./fields";
import { ValueField } from "./ValueField";

interface FieldProps {
  name: string;
  schema: Fields;
  value: Json | undefined;
  required: boolean;
  onChange: (value: Json | undefined) => void;
}

const spaced = (name: string): string => name.replaceAll("_", " ").replace(/^./, (first) => first.toUpperCase());
const LONG = new Set(["text", "html", "body", "query", "sql", "code", "prompt", "message"]);

/** What a field expects, in words. */
function hintOf(schema: Fields): string | undefined {
  if (typeof schema["description"] === "string") return schema["description"];
  if (schema["x-duration"] === true) return "30s, 5m, 2h, 3d";
  return undefined;
}

const isExpression = (value: Json | undefined): boolean => typeof value === "string" && value.includes("{%");

/** The shape of the field that fits a schema and what is there. */
function shapeOf({ schema, value }: FieldProps): "choice" | "tick" | "form" | "rows" | "items" | "value" {
  if (isExpression(value)) return "value";
  if (Array.isArray(schema["enum"])) return "choice";
  if (schema["type"] === "boolean") return "tick";
  if (schema["type"] === "object" && (value === undefined || isRows(value))) return isFields(schema["properties"]) ? "form" : "rows";
  const items = isFields(schema["items"]) ? schema["items"] : {};
  if (schema["type"] === "array" && items["type"] === "string" && (value === undefined || Array.isArray(value))) return "items";
  return "value";
}

function SchemaField(props: FieldProps): ReactNode {
  const { name, schema, value, required, onChange } = props;
  const label = typeof schema["title"] === "string" ? schema["title"] : spaced(name);
  const hint = hintOf(schema);
  const shape = shapeOf(props);
  switch (shape) {
    case "choice": {
      const options = (schema["enum"] as Json[]).map((choice): [string, string] => [String(choice), String(choice)]);
      return <Choice label={label} hint={hint} value={String(value ?? "")} options={[["", "—"], ...options]} onChange={(chosen) => onChange(chosen === "" ? undefined : chosen)} />;
    }
    case "tick": return <Tick label={label} value={value === true} onChange={(ticked) => onChange(ticked ? true : undefined)} />;
    case "form": return (
      <fieldset className="rows-field nested-form">
        <legend>{label}</legend>
        <SchemaForm schema={schema} value={(value as Fields | undefined) ?? {}} onChange={(changed) => onChange(Object.keys(changed).length === 0 ? undefined : changed)} />
      </fieldset>
    );
    case "rows": return <RowsField label={label} hint={hint} required={required} value={(value as Fields | undefined) ?? {}} onChange={(changed) => onChange(Object.keys(changed).length === 0 ? undefined : changed)} />;
    case "items": return <ItemsField label={label} hint={hint} required={required} value={(value as Json[] | undefined) ?? []} onChange={(changed) => onChange(changed.length === 0 ? undefined : changed)} />;
    case "value": return <ValueField label={label} value={value} required={required} hint={hint} tall={LONG.has(name)} onChange={onChange} />;
  }
}

/** A form for an object's schema. What the schema does not know is kept as it is. */
export function SchemaForm({ schema, value, onChange }: { schema: Fields; value: Fields; onChange: (value: Fields) => void }) {
  const properties = isFields(schema["properties"]) ? schema["properties"] : {};
  const required = new Set(Array.isArray(schema["required"]) ? schema["required"] : []);
  const put = (name: string, changed: Json | undefined): void => {
    const { [name]: _, ...rest } = value;
    onChange(changed === undefined ? rest : { ...value, [name]: changed });
  };
  const names = Object.keys(properties);
  // Which fields stand outside is settled when the form opens: none moves while it is typed into.
  const [first] = useState(() => names.filter((name) => required.has(name) || name in value));
  const rest = names.filter((name) => !first.includes(name));
  const field = (name: string): ReactNode => {
    const inner = properties[name];
    return <SchemaField key={name} name={name} schema={isFields(inner) ? inner : {}} value={value[name]} required={required.has(name)} onChange={(changed) => put(name, changed)} />;
  };
  const few = first.length + rest.length <= 6;
  return (
    <>
      {(few ? names : first).map(field)}
      {!few && rest.length > 0 && (
        <details className="more">
          <summary>{rest.length} more fields</summary>
          <div>{rest.map(field)}</div>
        </details>
      )}
    </>
  );
}
