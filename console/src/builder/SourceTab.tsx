/** The definition as YAML, which can be written in too. */

import { useEffect, useState } from "react";

import type { Definition } from "../graph/definition";
import { read } from "../graph/yaml";

export function SourceTab({ text, onChange }: { text: string; onChange: (definition: Definition) => void }) {
  const [written, setWritten] = useState(text);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => setWritten(text), [text]);
  const take = (): void => {
    if (written === text) return;
    const found = read(written);
    if ("problem" in found) setProblem(found.problem);
    else {
      setProblem(null);
      onChange(found.definition);
    }
  };
  return (
    <div style={{ display: "grid", gridTemplateRows: "1fr auto", minHeight: 0 }}>
      <textarea className="source" aria-label="Definition as YAML" spellCheck={false} value={written} onChange={(event) => setWritten(event.target.value)} onBlur={take} />
      {problem !== null && <pre className="banner" role="alert">{problem}</pre>}
    </div>
  );
}
