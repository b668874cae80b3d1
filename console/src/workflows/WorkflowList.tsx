/** All workflows, and the ways to make another. */

import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { FileCode2, LayoutTemplate, Plus, Search, Sparkles, Workflow } from "lucide-react";
import { useDeferredValue, useState } from "react";

import { useCan } from "../api/account";
import { api, ok, Problem, type Schemas } from "../api/client";
import { Empty, Page, Skeleton } from "../ui/page";
import { Complaint, Dialog, Moment } from "../ui/parts";
import { FirstRun } from "./FirstRun";

type Item = Schemas["Page_Workflow_"]["items"][number];

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
  const can = useCan();
  const [importing, setImporting] = useState(false);
  const [words, setWords] = useState("");
  const q = useDeferredValue(words.trim());
  const found = useInfiniteQuery({
    queryKey: ["workflows", "list", q],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) => ok(api.GET("/v1/workflows", { params: { query: { limit: 100, ...(q === "" ? {} : { q }), ...(pageParam === null ? {} : { cursor: pageParam }) } } })),
    getNextPageParam: (page) => page.next,
    placeholderData: (before) => before,
  });
  const open = (id: string): void => void navigate({ to: "/workflows/$workflowId", params: { workflowId: id } });
  const create = useMutation({ mutationFn: createBlank, onSuccess: open });
  const items = found.data?.pages.flatMap((page) => page.items) ?? [];
  const mayWrite = can("workflows:write");
  const blank = () => (
    <button type="button" className="button primary" disabled={create.isPending} onClick={() => create.mutate()}><Plus size={16} aria-hidden /> New workflow</button>
  );
  return (
    <Page title="Workflows" actions={mayWrite && (
      <>
        <button type="button" className="button" onClick={() => setImporting(true)}><FileCode2 size={16} aria-hidden /> Import YAML</button>
        {blank()}
      </>
    )}>
      {found.isSuccess && q === "" && <FirstRun workflows={items.length} published={items.some(({ version }) => version !== null)} />}
      <Complaint error={found.error ?? create.error} />
      {(items.length > 0 || q !== "") && (
        <div className="tools"><input type="search" placeholder="Search by name, description, tag or action" aria-label="Search workflows" value={words} onChange={(event) => setWords(event.target.value)} /></div>
      )}
      {found.isPending ? <Skeleton /> : items.length > 0 ? <List items={items} /> : q !== "" ? <Empty icon={Search} title="Nothing found">Try other words.</Empty> : !found.isError && (
        mayWrite ? <Beginnings onBlank={() => create.mutate()} /> : <Empty icon={Workflow} title="No workflow yet">Workflows that others make appear here.</Empty>
      )}
      {found.hasNextPage && <button type="button" className="button" onClick={() => void found.fetchNextPage()}>Show more</button>}
      <Import open={importing} onClose={() => setImporting(false)} onDone={open} />
    </Page>
  );
}

/** Three ways to a first workflow. */
function Beginnings({ onBlank }: { onBlank: () => void }) {
  return (
    <div className="cards">
      <Link to="/templates" className="card tile"><span className="emblem"><LayoutTemplate size={18} aria-hidden /></span><h2>Start from a template</h2><p className="muted">Approvals, onboarding, reminders, reports: filled in within a minute.</p></Link>
      <Link to="/assistant" className="card tile"><span className="emblem"><Sparkles size={18} aria-hidden /></span><h2>Describe it</h2><p className="muted">Say in your own words what should happen, and get a draft that was tried.</p></Link>
      <button type="button" className="card tile" onClick={onBlank}><span className="emblem"><Workflow size={18} aria-hidden /></span><h2>Draw it yourself</h2><p className="muted">A blank page with one step. It runs a minute from now.</p></button>
    </div>
  );
}

const State = ({ item }: { item: Item }) =>
  item.version === null ? <span className="chip">draft</span> : item.enabled ? <span className="chip good">live · v{item.version}</span> : <span className="chip warn">off</span>;

const List = ({ items }: { items: readonly Item[] }) => (
  <div className="card scroll">
    <table className="table">
      <thead><tr><th>Name</th><th>State</th><th className="extra">Tags</th><th>Changed</th></tr></thead>
      <tbody>
        {items.map((item) => (
          <tr key={item.id}>
            <td><Link className="strong" to="/workflows/$workflowId" params={{ workflowId: item.id }}>{item.name}</Link></td>
            <td><State item={item} /></td>
            <td className="extra">{item.tags.map((tag) => <span className="chip" key={tag}>{tag}</span>)}</td>
            <td className="muted"><Moment at={item.updated_at} /></td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

function Import({ open, onClose, onDone }: { open: boolean; onClose: () => void; onDone: (id: string) => void }) {
  const [yaml, setYaml] = useState("");
  const store = useMutation({
    mutationFn: () => ok(api.POST("/v1/workflows", { body: { yaml, tags: [] } })),
    onSuccess: (created) => onDone(created.id),
  });
  return (
    <Dialog title="Import a workflow" open={open} onClose={onClose} wide>
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
