/** The fields of a kind of connection. */

import { useState } from "react";

import { Field, ListField, PairsField, SelectField, Switch, TextArea, TextField } from "../ui/forms";
import { shown, type Auth, type Kind, type KindField } from "./kinds";

interface Props {
  kind: Kind;
  auth: Auth;
  onChange: (auth: Auth) => void;
}

export function AuthFields({ kind, auth, onChange }: Props) {
  return <>{shown(kind, auth).map((field) => <One key={field.name} field={field} value={auth[field.name]} onChange={(value) => onChange({ ...auth, [field.name]: value })} />)}</>;
}

function One({ field, value, onChange }: { field: KindField; value: unknown; onChange: (value: unknown) => void }) {
  const { label, kind, required = false, placeholder = "", hint } = field;
  const about = hint === undefined ? {} : { hint };
  const held = typeof value === "string" ? value : "";
  switch (kind) {
    case "text":
    case "url":
      return <TextField label={label} {...about} type={kind} required={required} placeholder={placeholder} value={held} onChange={onChange} autoComplete="off" />;
    case "number":
      return <TextField label={label} {...about} type="number" min={0} step="any" value={value === undefined || value === null ? "" : String(value)} onChange={(text) => onChange(text === "" ? undefined : Number(text))} />;
    case "lines":
      return <TextArea label={label} {...about} className="mono" rows={4} required={required} placeholder={placeholder} value={held} onChange={onChange} />;
    case "secret":
    case "secret-lines":
      return <SecretField field={field} value={value} onChange={onChange} />;
    case "select":
      return <SelectField label={label} {...about} value={held} options={(field.options ?? []).map((each) => ({ value: each, label: each.replaceAll("_", " ") }))} onChange={onChange} />;
    case "list":
      return <ListField label={label} {...about} placeholder={placeholder} values={Array.isArray(value) ? value.map(String) : []} onChange={onChange} />;
    case "pairs":
    case "secret-pairs":
      return <PairsField label={label} {...about} secret={kind === "secret-pairs"} values={(value ?? {}) as Record<string, string>} onChange={onChange} />;
    case "switch":
      return <Switch label={label} {...about} checked={value === true} onChange={onChange} />;
  }
}

interface Reference {
  store: "ssm" | "secrets_manager";
  id: string;
  field?: string;
}

/** A secret that is entered, or one that is kept elsewhere and read when needed. */
function SecretField({ field, value, onChange }: { field: KindField; value: unknown; onChange: (value: unknown) => void }) {
  const [elsewhere, setElsewhere] = useState(false);
  const turn = (): void => {
    setElsewhere(!elsewhere);
    onChange(elsewhere ? "" : { store: "ssm", id: "" });
  };
  const required = field.required ?? false;
  const turner = <button type="button" className="linkish" onClick={turn}>{elsewhere ? "Enter it here" : "Keep it in AWS instead"}</button>;
  if (elsewhere) {
    const reference = value as Reference;
    return (
      <fieldset className="nested">
        <legend>{field.label}</legend>
        <SelectField label="Kept in" value={reference.store} options={[{ value: "ssm", label: "SSM Parameter Store" }, { value: "secrets_manager", label: "Secrets Manager" }]} onChange={(store) => onChange({ ...reference, store })} />
        <TextField label="Name" required={required} value={reference.id} placeholder="statewright/workspaces/…/crm" onChange={(id) => onChange({ ...reference, id })} />
        <TextField label="Field of its JSON" value={reference.field ?? ""} onChange={(name) => onChange(name === "" ? { store: reference.store, id: reference.id } : { ...reference, field: name })} />
        {turner}
      </fieldset>
    );
  }
  const held = typeof value === "string" ? value : "";
  const common = { required, value: held, placeholder: field.placeholder ?? "", autoComplete: "off" };
  return (
    <div className="stack" style={{ gap: 3 }}>
      <Field label={field.label}>
        {field.kind === "secret-lines"
          ? <textarea className="mono" rows={3} {...common} onChange={(event) => onChange(event.target.value)} />
          : <input type="password" {...common} autoComplete="new-password" onChange={(event) => onChange(event.target.value)} />}
      </Field>
      <small className="muted">{field.hint ?? "Encrypted; nobody sees it again."} {turner}</small>
    </div>
  );
}
