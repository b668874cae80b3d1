/** A JSON value as a tree that opens and closes. */

import { Check, ChevronRight, Copy } from "lucide-react";
import { useState } from "react";

import { brief } from "../graph/completion";
import { isFields, type Json } from "../graph/definition";
import "./values.css";

const AT_ONCE = 50;
const OPEN_DEPTH = 2;

interface Props {
  value: Json | undefined;
  label?: string | undefined;
  /** The keys that lead here, from the tree's root. */
  path?: (string | number)[];
  depth?: number;
  detail?: string | undefined;
  onPick?: ((path: (string | number)[]) => void) | undefined;
}

const kindOf = (value: Json | undefined): string => (value === null ? "null" : Array.isArray(value) ? "array" : typeof value);

/** A value under its name. With `onPick`, each part can be chosen. */
export function Tree({ value, label, path = [], depth = 0, detail, onPick }: Props) {
  const [open, setOpen] = useState(depth < OPEN_DEPTH && size(value) <= 20);
  const [most, setMost] = useState(AT_ONCE);
  const entries: [string | number, Json][] = Array.isArray(value) ? [...value.entries()] : isFields(value) ? Object.entries(value) : [];
  const name = label !== undefined && <Label text={label} pick={onPick && (() => onPick(path))} />;
  if (entries.length === 0) {
    return <div className="leaf">{name} <Leaf value={value} /> {detail !== undefined && <span className="muted">{detail}</span>}</div>;
  }
  return (
    <div className="branch">
      <div className="leaf">
        <button type="button" className={`twist ${open ? "open" : ""}`} aria-expanded={open} aria-label={`${open ? "Close" : "Open"} ${label ?? "the value"}`} onClick={() => setOpen(!open)}>
          <ChevronRight size={13} aria-hidden />
        </button>
        {name} <span className="muted">{detail ?? brief(value)}</span>
      </div>
      {open && (
        <div className="inner-values">
          {entries.slice(0, most).map(([key, inner]) => <Tree key={key} value={inner} label={String(key)} path={[...path, key]} depth={depth + 1} onPick={onPick} />)}
          {entries.length > most && <button type="button" className="button quiet" onClick={() => setMost(most + 500)}>{entries.length - most} more</button>}
        </div>
      )}
    </div>
  );
}

const size = (value: Json | undefined): number => (Array.isArray(value) ? value.length : isFields(value) ? Object.keys(value).length : 0);

const Label = ({ text, pick }: { text: string; pick?: (() => void) | undefined }) =>
  pick === undefined ? <span className="key">{text}</span> : <button type="button" className="key pick" onClick={pick}>{text}</button>;

function Leaf({ value }: { value: Json | undefined }) {
  const text = typeof value === "string" ? value : value === undefined ? "—" : JSON.stringify(value);
  return <span className={`value is-${kindOf(value)}`}>{text.length > 2_000 ? `${text.slice(0, 2_000)}…` : text}</span>;
}

/** A value under a heading, to be looked at and copied. */
export function ValueCard({ title, value, empty }: { title: string; value: unknown; empty?: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(typeof value === "string" ? value : JSON.stringify(value, null, 2));
    setCopied(true);
    setTimeout(() => setCopied(false), 1_500);
  };
  if (value === undefined || value === null) return empty === undefined ? null : <section className="value-card"><h3>{title}</h3><p className="muted small">{empty}</p></section>;
  const Icon = copied ? Check : Copy;
  return (
    <section className="value-card">
      <header>
        <h3>{title}</h3>
        <button type="button" className="button quiet icon tiny" aria-label={`Copy ${title.toLowerCase()}`} onClick={() => void copy()}><Icon size={14} /></button>
      </header>
      <div className="tree" tabIndex={0} role="group" aria-label={title}><Tree value={value as Json} /></div>
    </section>
  );
}
