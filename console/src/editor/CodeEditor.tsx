/** A text editor: CodeMirror, with the console's colours. */

import { Compartment, EditorState, type Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { useEffect, useRef, type RefObject } from "react";

import { theme } from "./theme";
import "./editor.css";

export interface CodeEditorProps {
  label: string;
  value: string;
  onChange?: (value: string) => void;
  onBlur?: () => void;
  onFocus?: () => void;
  extensions?: Extension;
  readOnly?: boolean;
  className?: string;
  view?: RefObject<EditorView | null>;
  labelledBy?: string;
  required?: boolean;
}

/** The editor. A `value` that comes from outside replaces the text; what is typed is told at once. */
export function CodeEditor({ label, value, onChange, onBlur, onFocus, extensions = [], readOnly = false, className = "", view, labelledBy, required = false }: CodeEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const own = useRef<EditorView | null>(null);
  const calls = useRef({ onChange, onBlur, onFocus });
  const parts = useRef(new Compartment());
  useEffect(() => {
    calls.current = { onChange, onBlur, onFocus };
  });
  useEffect(() => {
    const listener = EditorView.updateListener.of((update) => {
      if (update.docChanged && !update.transactions.some((each) => each.isUserEvent("set"))) calls.current.onChange?.(update.state.doc.toString());
      if (!update.focusChanged) return;
      if (update.view.hasFocus) calls.current.onFocus?.();
      else calls.current.onBlur?.();
    });
    const names = labelledBy === undefined ? { "aria-label": label } : { "aria-labelledby": labelledBy };
    const attributes = EditorView.contentAttributes.of({ ...names, ...(required ? { "aria-required": "true" } : {}), spellcheck: "false", tabindex: "0", ...(readOnly ? { "aria-readonly": "true" } : {}) });
    const locked = [EditorState.readOnly.of(readOnly), EditorView.editable.of(!readOnly)];
    own.current = new EditorView({
      parent: host.current!,
      state: EditorState.create({ doc: value, extensions: [theme, attributes, locked, listener, parts.current.of(extensions)] }),
    });
    if (view !== undefined) view.current = own.current;
    return () => {
      own.current?.destroy();
      own.current = null;
    };
    // The editor is made once: later values and extensions are handed to it below.
  }, [readOnly]);
  useEffect(() => {
    const current = own.current;
    if (current === null || current.state.doc.toString() === value) return;
    current.dispatch({ changes: { from: 0, to: current.state.doc.length, insert: value }, userEvent: "set" });
  }, [value]);
  useEffect(() => own.current?.dispatch({ effects: parts.current.reconfigure(extensions) }), [extensions]);
  return <div className={`code ${className}`} ref={host} />;
}
