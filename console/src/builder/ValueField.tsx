/** A value that may be text, JSON or an expression: completed as one types, with what it gives beneath. */

import type { EditorView } from "@codemirror/view";
import { Braces, CircleAlert, Equal } from "lucide-react";
import { lazy, Suspense, useEffect, useId, useRef, useState } from "react";

import "../editor/editor.css";
import type { Json } from "../graph/definition";
import { evaluateAll, type Outcome } from "../graph/evaluate";
import { hasExpression, insertPath } from "../graph/template";
import { DataPicker } from "./DataPicker";
import { useReadOnly } from "./editing";
import { parsed, shown } from "./parsing";
import { useReach } from "./reach";

interface Props {
  label: string;
  value: Json | undefined;
  onChange: (value: Json | undefined) => void;
  hint?: string | undefined;
  required?: boolean;
  /** Without a heading of its own: the label is only told to screen readers. */
  bare?: boolean;
  tall?: boolean;
}

const ExpressionEditor = lazy(() => import("../editor/ExpressionEditor"));
const PAUSE = 300;

/** The text under edit, told as a value once it rests, or its field is left. */
function useTyped(value: Json | undefined, onChange: (value: Json | undefined) => void) {
  const [text, setText] = useState(() => shown(value));
  const last = useRef(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const newest = useRef({ text, onChange });
  newest.current = { text, onChange };
  useEffect(() => {
    if (JSON.stringify(value) !== JSON.stringify(last.current)) setText(shown(value));
    last.current = value;
  }, [value]);
  const flush = (): void => {
    clearTimeout(timer.current);
    timer.current = undefined;
    const next = newest.current.text === "" ? undefined : parsed(newest.current.text);
    if (JSON.stringify(next) === JSON.stringify(last.current)) return;
    last.current = next;
    newest.current.onChange(next);
  };
  const type = (written: string): void => {
    setText(written);
    newest.current = { ...newest.current, text: written };
    clearTimeout(timer.current);
    timer.current = setTimeout(flush, PAUSE);
  };
  useEffect(() => () => {
    if (timer.current !== undefined) flush();
  }, []);
  return { text, type, flush };
}

export function ValueField({ label, value, onChange, hint, required = false, bare = false, tall = false }: Props) {
  const id = useId();
  const { text, type, flush } = useTyped(value, onChange);
  const readOnly = useReadOnly();
  const reach = useReach();
  const newest = useRef(reach);
  newest.current = reach;
  const view = useRef<EditorView | null>(null);
  const insert = (path: string): void => {
    const editor = view.current;
    if (editor === null) return;
    const { from, to } = editor.state.selection.main;
    const end = editor.hasFocus || from > 0 || text === "" ? [from, to] as const : [text.length, text.length] as const;
    const put = insertPath(text, ...end, path);
    editor.dispatch({ changes: { from: 0, to: text.length, insert: put.text }, selection: { anchor: put.cursor }, userEvent: "input" });
    editor.focus();
  };
  return (
    <div className="field">
      {!bare && <span id={id}>{label} {required && <em className="muted">required</em>}</span>}
      <div className="value-box">
        <Suspense fallback={<pre className={`code boxed ${tall ? "tall" : ""}`}>{text}</pre>}>
          <ExpressionEditor label={label} value={text} onChange={type} onBlur={flush} readOnly={readOnly} view={view} required={required} tall={tall} reach={newest} />
        </Suspense>
        {!readOnly && <DataPicker label={label} onPick={insert}><Braces size={14} aria-hidden /></DataPicker>}
      </div>
      <Gives text={text} />
      {hint !== undefined && <span className="muted small">{hint}</span>}
    </div>
  );
}

/** What the expressions in a text give with the sample data. */
function Gives({ text }: { text: string }) {
  const { values } = useReach();
  const [found, setFound] = useState<Outcome | null>(null);
  useEffect(() => {
    if (!hasExpression(text)) {
      setFound(null);
      return;
    }
    let current = true;
    const timer = setTimeout(() => void evaluateAll(parsed(text), values).then((outcome) => current && setFound(outcome)), 120);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [text, values]);
  if (found === null) return null;
  if ("problem" in found) return <div className="gives wrong"><CircleAlert size={13} aria-hidden /> <span>{found.problem}</span></div>;
  if (found.value === undefined) return <div className="gives empty"><Equal size={13} aria-hidden /> <span>gives nothing with the sample data</span></div>;
  return <div className="gives" aria-label="Preview"><Equal size={13} aria-hidden /> <span>{typeof found.value === "string" ? found.value : JSON.stringify(found.value)}</span></div>;
}
