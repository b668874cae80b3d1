/** The definition as YAML, which can be written in too; what is wrong stands at its line. */

import { closeBrackets } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, codeFolding, foldGutter, indentOnInput } from "@codemirror/language";
import { lintGutter, setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { useEffect, useRef, useState } from "react";

import { CodeEditor } from "../editor/CodeEditor";
import type { Definition } from "../graph/definition";
import { sentence } from "../graph/overlay";
import { read, rangeOf } from "../graph/yaml";
import { useReadOnly } from "./editing";
import type { Finding } from "./useDraft";

const COMMON = [lineNumbers(), foldGutter(), codeFolding(), bracketMatching(), highlightActiveLine(), search({ top: true }), highlightSelectionMatches(), keymap.of([...searchKeymap, ...historyKeymap, ...defaultKeymap, indentWithTab])];
const YAML = [yaml(), history(), closeBrackets(), indentOnInput(), lintGutter(), ...COMMON];
const JSON_VIEW = [json(), ...COMMON];
const PAUSE = 400;

interface Props {
  text: string;
  findings: Finding[];
  onChange: (definition: Definition, text: string) => void;
}

export function SourceTab({ text, findings, onChange }: Props) {
  const [written, setWritten] = useState(text);
  const [problem, setProblem] = useState<string | null>(null);
  const told = useRef(text);
  const view = useRef<EditorView | null>(null);
  const readOnly = useReadOnly();
  useEffect(() => {
    if (text !== told.current) setWritten(text);
    told.current = text;
  }, [text]);
  const take = (): void => {
    if (written === told.current) return;
    const found = read(written);
    if ("problem" in found) return setProblem(found.problem);
    setProblem(null);
    told.current = written;
    onChange(found.definition, written);
  };
  const newest = useRef(take);
  newest.current = take;
  useEffect(() => () => newest.current(), []);
  useEffect(() => {
    const timer = setTimeout(take, PAUSE);
    return () => clearTimeout(timer);
  });
  useEffect(() => {
    const editor = view.current;
    if (editor !== null) editor.dispatch(setDiagnostics(editor.state, diagnostics(written, findings)));
  }, [written, findings]);
  return (
    <div className="source-tab">
      <CodeEditor label="Definition as YAML" className="full" value={written} onChange={setWritten} onBlur={take} extensions={YAML} readOnly={readOnly} view={view} />
      {problem !== null && <p className="banner" role="alert">{problem} The drawing shows the last text that could be read.</p>}
    </div>
  );
}

function diagnostics(text: string, findings: Finding[]): Diagnostic[] {
  return findings.flatMap((found): Diagnostic[] => {
    const range = rangeOf(text, found.pointer);
    if (range === undefined) return [];
    const severity = found.severity === "note" ? "info" : found.severity;
    return [{ from: range[0], to: range[1], severity, message: sentence(found) }];
  });
}

/** The state machine that the definition compiles to. */
export function MachineTab({ asl }: { asl: unknown }) {
  if (asl === undefined || asl === null) return <div className="empty"><h2>Nothing to compile yet</h2><p className="muted">There are errors in the way. They stand below the drawing.</p></div>;
  return <CodeEditor label="State machine" className="full" value={JSON.stringify(asl, null, 2)} extensions={JSON_VIEW} readOnly />;
}
