/** The editor of one value, with its expressions. Loaded when the first value is shown. */

import type { EditorView } from "@codemirror/view";
import { useMemo, type RefObject } from "react";

import { CodeEditor } from "./CodeEditor";
import { expressionExtensions, type Reach } from "./expressions";

export interface ExpressionEditorProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  onBlur: () => void;
  readOnly: boolean;
  required: boolean;
  tall: boolean;
  view: RefObject<EditorView | null>;
  reach: RefObject<Reach>;
}

export default function ExpressionEditor({ reach, tall, ...rest }: ExpressionEditorProps) {
  const extensions = useMemo(() => expressionExtensions(() => reach.current), [reach]);
  return <CodeEditor {...rest} className={`boxed ${tall ? "tall" : ""}`} extensions={extensions} />;
}
