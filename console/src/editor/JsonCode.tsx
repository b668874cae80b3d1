/** The editor of JSON. Loaded when the first one is shown. */

import { closeBrackets } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json, jsonParseLinter } from "@codemirror/lang-json";
import { linter } from "@codemirror/lint";
import { keymap } from "@codemirror/view";

import { CodeEditor } from "./CodeEditor";

const EXTENSIONS = [json(), history(), closeBrackets(), linter(jsonParseLinter(), { delay: 400 }), keymap.of([...defaultKeymap, ...historyKeymap])];

export default function JsonCode({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  return <CodeEditor label={label} className="boxed tall" value={value} onChange={onChange} extensions={EXTENSIONS} />;
}
