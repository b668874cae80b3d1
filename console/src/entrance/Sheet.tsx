/** What stands around a form of somebody who is not signed in. */

import type { ReactNode } from "react";
import { useEffect } from "react";

export function Sheet({ title, lead, children }: { title: string; lead?: ReactNode; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Statewright`;
  }, [title]);
  return (
    <main className="entrance">
      <div className="card sheet">
        <div className="brand"><img src="/icon.svg" alt="" /> Statewright</div>
        <div><h1>{title}</h1>{lead !== undefined && <p className="muted">{lead}</p>}</div>
        {children}
      </div>
    </main>
  );
}

/** The secret that a mailed link carries behind `#`. */
export const mailedToken = (): string => new URLSearchParams(location.hash.slice(1)).get("token") ?? "";

export const text = (form: FormData, name: string): string => String(form.get(name) ?? "");

interface InputProps {
  name: string;
  label: string;
  type?: string;
  autoComplete: string;
  minLength?: number;
  autoFocus?: boolean;
}

/** A field whose value the form has by its name. */
export function Input({ name, label, type = "text", ...rest }: InputProps) {
  return (
    <label className="field">
      <span>{label}</span>
      <input name={name} type={type} required {...rest} />
    </label>
  );
}
