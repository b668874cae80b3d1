/** What an import adds, changes and removes, and whom that concerns. */

import { Link } from "@tanstack/react-router";

import type { Schemas } from "../api/client";

const SHOWN = 40;

function Names({ title, tone, names }: { title: string; tone: string; names: readonly string[] }) {
  if (names.length === 0) return null;
  return (
    <details open={names.length <= 12}>
      <summary><span className={`chip ${tone}`}>{names.length}</span> {title}</summary>
      <ul className="mono small">{names.slice(0, SHOWN).map((name) => <li key={name}>{name}</li>)}{names.length > SHOWN && <li>and {names.length - SHOWN} more</li>}</ul>
    </details>
  );
}

export function DifferenceView({ difference }: { difference: Schemas["IntegrationsDifference"] }) {
  const { added, changed, removed, affected, problems, operations, total } = difference;
  const same = added.length + changed.length + removed.length === 0;
  return (
    <div className="stack" style={{ gap: 10 }}>
      <p role="status">{operations} of {total} operations can be used.{same && " Nothing differs from what is imported."}</p>
      <Names title="new" tone="good" names={added} />
      <Names title="changed" tone="warn" names={changed} />
      <Names title="removed" tone="bad" names={removed} />
      {affected.length > 0 && (
        <div className="banner warn"><div><b>Workflows that use what changes</b><ul>{affected.map((each) => <li key={each.workflow_id}><Link to="/workflows/$workflowId" params={{ workflowId: each.workflow_id }}>{each.workflow}</Link>: {each.used.join(", ")}</li>)}</ul></div></div>
      )}
      {problems.length > 0 && (
        <details>
          <summary><span className="chip warn">{problems.length}</span> problems of the description</summary>
          <ul className="small">{problems.slice(0, SHOWN).map((problem, at) => <li key={at}><code>{problem.place}</code> {problem.detail}{problem.fatal && " (its operation is missing)"}</li>)}{problems.length > SHOWN && <li>and {problems.length - SHOWN} more</li>}</ul>
        </details>
      )}
    </div>
  );
}
