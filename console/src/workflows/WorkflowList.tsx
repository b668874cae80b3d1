/** All workflows, and the ways to make another. */

import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { FileCode2, Plus, Workflow } from "lucide-react";
import { useDeferredValue, useState } from "react";

import { api, ok, Problem } from "../api/client";
import { Complaint, Dialog, Moment } from "../ui/parts";

const BLANK = { triggers: [{ id: "manual", type: "manual" }], steps: [{ id: "greeting", set: "Hello" }], output: "{% $greeting %}" };

/** Stores a blank workflow under the first name that is free. */
async function createBlank(): Promise<string> {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? "Untitled workflow" : `Untitled workflow ${number}`;
    try {
      return (await ok(api.POST("/v1/workflows", { body: { definition: { name, ...BLANK }, tags: [] } }))).id;
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 409 || number > 50) throw error;
    }
  }
}

export function WorkflowList() {
  const navigate = useNavigate();
  const [importing, setImporting] = useState(false);
  const [words, setWords] = useState("");
  const q = useDeferredValue(words.trim());
  const found = useQuery({
    queryKey: ["workflows", q],
    queryFn: () => ok(api.GET("/v1/workflows", { params: { query: { limit: 100, ...(q === "" ? {} : { q }) } } })),
    placeholderData: (before) => before,
  });
  const open = (id: string): void => void navigate({ to: "/workflows/$workflowId", params: { workflowId: id } });
  const create = useMutation({ mutationFn: createBlank, onSuccess: open });
  const items = found.data?.items ?? [];
  return (
    <div className="inner">
      <header className="bar">
        <h1>Workflows</h1>
        <button type="button" className="button" onClick={() => setImporting(true)}>
          <FileCode2 size={16} aria-hidden /> Import YAML
        </button>
        <button type="button" className="button primary" disabled={create.isPending} onClick={() => create.mutate()}>
          <Plus size={16} aria-hidden /> New workflow
        </button>
      </header>
      <Complaint error={found.error ?? create.error} />
      <input type="search" placeholder="Search by name, description, tag or action" aria-label="Search workflows" value={words} onChange={(event) => setWords(event.target.value)} />
      {found.isSuccess && items.length === 0 ? (
        <div className="card empty">
          <Workflow size={34} aria-hidden />
          <h2>{q === "" ? "No workflow yet" : "Nothing found"}</h2>
          <p className="muted">{q === "" ? "Draw your first one: it runs a minute from now." : "Try other words."}</p>
        </div>
      ) : (
        <div className="card scroll">
          <table className="table">
            <thead>
              <tr><th>Name</th><th>State</th><th>Tags</th><th>Changed</th></tr>
            </thead>
            <tbody>
              {items.map((item) => (
                <tr key={item.id}>
                  <td>
                    <Link className="strong" to="/workflows/$workflowId" params={{ workflowId: item.id }}>{item.name}</Link>
                  </td>
                  <td>
                    {item.version === null ? <span className="chip">draft</span> : item.enabled ? <span className="chip good">live · v{item.version}</span> : <span className="chip warn">off</span>}
                  </td>
                  <td>{item.tags.map((tag) => <span className="chip" key={tag}>{tag}</span>)}</td>
                  <td className="muted"><Moment at={item.updated_at} /></td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Import open={importing} onClose={() => setImporting(false)} onDone={open} />
    </div>
  );
}

function Import({ open, onClose, onDone }: { open: boolean; onClose: () => void; onDone: (id: string) => void }) {
  const [yaml, setYaml] = useState("");
  const store = useMutation({
    mutationFn: () => ok(api.POST("/v1/workflows", { body: { yaml, tags: [] } })),
    onSuccess: (created) => onDone(created.id),
  });
  return (
    <Dialog title="Import a workflow" open={open} onClose={onClose}>
      <label className="field">
        <span>Definition as YAML</span>
        <textarea className="mono" rows={16} value={yaml} spellCheck={false} onChange={(event) => setYaml(event.target.value)} />
      </label>
      <Complaint error={store.error} />
      <footer>
        <button type="button" className="button" onClick={onClose}>Cancel</button>
        <button type="button" className="button primary" disabled={yaml.trim() === "" || store.isPending} onClick={() => store.mutate()}>Import</button>
      </footer>
    </Dialog>
  );
}
