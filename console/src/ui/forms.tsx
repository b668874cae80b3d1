/** Fields of forms. */

import { Plus, X } from "lucide-react";
import { Switch as Primitive } from "radix-ui";
import { useId, useState, type ComponentProps, type FormEvent, type ReactNode } from "react";

/** A label over whatever takes the value. */
export function Field({ label, hint, children, optional }: { label: string; hint?: ReactNode; children: ReactNode; optional?: boolean }) {
  return (
    <label className="field">
      <span>{label}{optional === true && <em className="muted"> optional</em>}</span>
      {children}
      {hint !== undefined && <small className="muted">{hint}</small>}
    </label>
  );
}

type Input = Omit<ComponentProps<"input">, "onChange" | "value"> & { label: string; hint?: ReactNode; value: string; onChange: (value: string) => void };

/** One line of text. */
export const TextField = ({ label, hint, onChange, ...rest }: Input) => (
  <Field label={label} hint={hint}>
    <input {...rest} onChange={(event) => onChange(event.target.value)} />
  </Field>
);

type Area = Omit<ComponentProps<"textarea">, "onChange" | "value"> & { label: string; hint?: ReactNode; value: string; onChange: (value: string) => void };

/** Several lines of text. */
export const TextArea = ({ label, hint, onChange, ...rest }: Area) => (
  <Field label={label} hint={hint}>
    <textarea {...rest} onChange={(event) => onChange(event.target.value)} />
  </Field>
);

export interface Choice<V extends string = string> {
  value: V;
  label: string;
}

interface SelectProps<V extends string> {
  label: string;
  hint?: ReactNode;
  value: V;
  options: readonly (V | Choice<V>)[];
  onChange: (value: V) => void;
  disabled?: boolean;
}

/** One of several. */
export function SelectField<V extends string>({ label, hint, value, options, onChange, disabled }: SelectProps<V>) {
  return (
    <Field label={label} hint={hint}>
      <select value={value} disabled={disabled} onChange={(event) => onChange(event.target.value as V)}>
        {options.map((option) => {
          const each = typeof option === "string" ? { value: option, label: option } : option;
          return <option key={each.value} value={each.value}>{each.label}</option>;
        })}
      </select>
    </Field>
  );
}

/** On or off, at once. */
export function Switch({ label, hint, checked, onChange, disabled }: { label: string; hint?: ReactNode; checked: boolean; onChange: (on: boolean) => void; disabled?: boolean }) {
  const id = useId();
  return (
    <div className="switch-row">
      <label htmlFor={id}>{label}{hint !== undefined && <small className="muted">{hint}</small>}</label>
      <Primitive.Root id={id} className="switch" checked={checked} disabled={disabled ?? false} onCheckedChange={onChange}>
        <Primitive.Thumb className="thumb" />
      </Primitive.Root>
    </div>
  );
}

interface ListProps {
  label: string;
  hint?: ReactNode;
  values: readonly string[];
  onChange: (values: string[]) => void;
  placeholder?: string;
  suggestions?: readonly Choice[];
  type?: string;
  required?: boolean;
}

/** A list of short texts; Enter or a comma adds what was written. */
export function ListField({ label, hint, values, onChange, placeholder, suggestions = [], type = "text", required }: ListProps) {
  const [text, setText] = useState("");
  const id = useId();
  const add = (entered: string): void => {
    const fresh = entered.split(",").map((each) => each.trim()).filter((each) => each !== "" && !values.includes(each));
    if (fresh.length > 0) onChange([...values, ...fresh]);
    setText("");
  };
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <div className="chips-input">
        {values.map((value) => (
          <span key={value} className="chip">
            {suggestions.find((each) => each.value === value)?.label ?? value}
            <button type="button" aria-label={`Remove ${value}`} onClick={() => onChange(values.filter((each) => each !== value))}><X size={12} aria-hidden /></button>
          </span>
        ))}
        <input
          id={id}
          type={type === "email" ? "text" : type}
          list={suggestions.length > 0 ? `${id}-known` : undefined}
          value={text}
          placeholder={values.length === 0 ? placeholder : ""}
          required={required === true && values.length === 0}
          onChange={(event) => (suggestions.some((each) => each.value === event.target.value) ? add(event.target.value) : setText(event.target.value))}
          onBlur={() => add(text)}
          onKeyDown={(event) => {
            if (event.key === "Enter" || event.key === ",") {
              if (text.trim() !== "") event.preventDefault();
              add(text);
            } else if (event.key === "Backspace" && text === "") onChange(values.slice(0, -1));
          }}
        />
        {suggestions.length > 0 && <datalist id={`${id}-known`}>{suggestions.map((each) => <option key={each.value} value={each.value}>{each.label}</option>)}</datalist>}
      </div>
      {hint !== undefined && <small className="muted">{hint}</small>}
    </div>
  );
}

/** Names with values: headers, parameters. */
export function PairsField({ label, hint, values, onChange, secret = false }: { label: string; hint?: ReactNode; values: Record<string, string>; onChange: (values: Record<string, string>) => void; secret?: boolean }) {
  const [rows, setRows] = useState<[string, string][]>(() => Object.entries(values));
  const put = (next: [string, string][]): void => {
    setRows(next);
    onChange(Object.fromEntries(next.filter(([name]) => name.trim() !== "")));
  };
  return (
    <fieldset className="field pairs">
      <legend>{label}</legend>
      {rows.map(([name, value], row) => (
        <div key={row}>
          <input aria-label={`${label}: name ${row + 1}`} placeholder="name" value={name} onChange={(event) => put(rows.map((each, at) => (at === row ? [event.target.value, each[1]] : each)))} />
          <input aria-label={`${label}: value ${row + 1}`} placeholder="value" type={secret ? "password" : "text"} autoComplete="off" value={value} onChange={(event) => put(rows.map((each, at) => (at === row ? [each[0], event.target.value] : each)))} />
          <button type="button" className="button quiet icon" aria-label={`Remove ${name || `row ${row + 1}`}`} onClick={() => put(rows.filter((_, at) => at !== row))}><X size={15} aria-hidden /></button>
        </div>
      ))}
      <button type="button" className="button small-button" onClick={() => put([...rows, ["", ""]])}><Plus size={14} aria-hidden /> Add</button>
      {hint !== undefined && <small className="muted">{hint}</small>}
    </fieldset>
  );
}

/** A form whose submitting does not leave the page. */
export function Form({ onSubmit, children, className = "stack", label }: { onSubmit: () => void; children: ReactNode; className?: string; label?: string }) {
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onSubmit();
  };
  return <form className={className} onSubmit={submit} aria-label={label}>{children}</form>;
}
