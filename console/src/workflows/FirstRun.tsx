/** The first-run guide: what leads from nothing to an automation, ticked off as it is done. */

import { Link } from "@tanstack/react-router";
import { Circle, CircleCheck, X } from "lucide-react";
import { useState, type ReactNode } from "react";

import { useAccount, useCan } from "../api/account";
import { api } from "../api/client";
import { useLoad } from "../api/use";

const KEY = "statewright.guide.hidden";

interface Step {
  title: string;
  done: boolean;
  text: ReactNode;
}

export function FirstRun({ workflows, published }: { workflows: number; published: boolean }) {
  const can = useCan();
  const workspace = useAccount().data?.workspace_id ?? "";
  const [hidden, setHidden] = useState(() => localStorage.getItem(KEY));
  const wanted = can("workflows:write") && workspace !== "" && hidden !== workspace;
  const runs = useLoad(["executions", "first"], () => api.GET("/v1/executions", { params: { query: { limit: 1 } } }), { enabled: wanted });
  const people = useLoad(["members", "first"], () => api.GET("/v1/members", { params: { query: { limit: 2 } } }), { enabled: wanted && can("members:write") });
  if (!wanted || runs.data === undefined || (can("members:write") && people.data === undefined)) return null;
  const steps: Step[] = [
    { title: "Make a workflow", done: workflows > 0, text: <>From a <Link to="/templates">template</Link>, from <Link to="/assistant">your words</Link>, or from a blank page.</> },
    { title: "Publish it", done: published, text: "The draft is checked, you see what it may do, and it goes live." },
    { title: "Run it", done: runs.data.items.length > 0, text: <>By hand, a webhook, a form or the clock. Watch it <Link to="/executions">live</Link>.</> },
    ...(can("members:write") ? [{ title: "Invite a colleague", done: (people.data?.items.length ?? 0) > 1, text: <>Somebody has to approve things: <Link to="/settings/$section" params={{ section: "people" }}>people</Link>.</> }] : []),
  ];
  const left = steps.filter(({ done }) => !done).length;
  if (left === 0) return null;
  const hide = (): void => {
    localStorage.setItem(KEY, workspace);
    setHidden(workspace);
  };
  return (
    <section className="card panel" aria-label="First steps">
      <header className="actions">
        <h2 style={{ flex: 1 }}>First steps <span className="muted small">{steps.length - left} of {steps.length}</span></h2>
        <button type="button" className="button quiet icon" aria-label="Hide the first steps" onClick={hide}><X size={16} aria-hidden /></button>
      </header>
      <ol className="guide">
        {steps.map(({ title, done, text }) => (
          <li key={title} className={done ? "done" : ""}>
            <b>{done ? <CircleCheck size={16} aria-label="Done" /> : <Circle size={16} aria-hidden className="muted" />} {title}</b>
            <span className="muted small">{text}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
