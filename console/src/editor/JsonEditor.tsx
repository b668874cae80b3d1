/** JSON to be edited, with what is wrong with it as one types. */

import { lazy, Suspense, useMemo, useState } from "react";

import type { Json } from "../graph/definition";
import "./editor.css";

export interface EditedJson {
  text: string;
  setText: (text: string) => void;
  value: Json;
  problem: string | null;
  changed: boolean;
}

/** JSON under edit: its text, and the value as far as the text is one. */
export function useJson(initial: unknown): EditedJson {
  const [before] = useState(() => JSON.stringify(initial ?? null, null, 2));
  const [text, setText] = useState(before);
  const read = useMemo((): { value: Json; problem: string | null } => {
    try {
      return { value: (text.trim() === "" ? null : JSON.parse(text)) as Json, problem: null };
    } catch (error) {
      return { value: null, problem: `This is no JSON yet: ${(error as Error).message}` };
    }
  }, [text]);
  return { text, setText, ...read, changed: text !== before };
}

const JsonCode = lazy(() => import("./JsonCode"));

export function JsonEditor({ label, hint, json }: { label: string; hint?: string; json: EditedJson }) {
  return (
    <div className="field">
      <span>{label}</span>
      <Suspense fallback={<pre className="code boxed tall">{json.text}</pre>}><JsonCode label={label} value={json.text} onChange={json.setText} /></Suspense>
      {json.problem !== null ? <span className="complaint">{json.problem}</span> : hint !== undefined && <span className="muted small">{hint}</span>}
    </div>
  );
}
