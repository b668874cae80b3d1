/** All workflows, and the ways to make another. */

import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { FileCode2, LayoutTemplate, Plus, Search, Sparkles, Workflow } from "lucide-react";
import { useDeferredValue, useState } from "react";

import { useCan } from "../api/account";
import { api, ok, Problem } from "../api/client";
import { FolderBar } from "../folders/FolderBar";
import type { Placed } from "../folders/tree";
import { useFolders } from "../folders/useFolders";
import { Empty, Page, Skeleton } from "../ui/page";
import { Complaint, Dialog } from "../ui/parts";
import { FirstRun } from "./FirstRun";
import { WorkflowRow, type Item } from "./WorkflowRow";

type Shown = "all" | "live" | "drafts" | "archived";

const SHOWN = [{ value: "all", label: "All" }, { value: "live", label: "Published" }, { value: "drafts", label: "Drafts" }, { value: "archived", label: "Archived" }] as const;
const filterOf = (shown: Shown): { published?: boolean; archived?: boolean } =>
  shown === "all" ? {} : shown === "archived" ? { archived: true } : { published: shown === "live" };

const BLANK = { triggers: [{ id: "manual", type: "manual" }], steps: [{ id: "greeting", set: "Hello" }], output: "{% $greeting %}" };

/** Stores a blank workflow under the first name that is free. */
async function createBlank(folder: string | undefined): Promise<string> {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? "Untitled workflow" : `Untitled workflow ${number}`;
    try {
      return (await ok(api.POST("/v1/workflows", { body: { definition: { name, ...BLANK }, tags: [], ...(folder === undefined ? {} : { folder_id: folder }) } }))).id;
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
  const [shown, setShown] = useState<Shown>("all");
  const { folder } = useSearch({ from: "/inside/workflows" });
  const folders = useFolders();
  const q = useDeferredValue(words.trim());
  const found = useInfiniteQuery({
    queryKey: ["workflows", "list", q, shown, folder],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) => ok(api.GET("/v1/workflows", { params: { query: { limit: 100, ...filterOf(shown), ...(folder === undefined ? {} : { folder_id: folder }), ...(q === "" ? {} : { q }), ...(pageParam === null ? {} : { cursor: pageParam }) } } })),
    getNextPageParam: (page) => page.next,
    placeholderData: (before) => before,
  });
  const open = (id: string): void => void navigate({ to: "/workflows/$workflowId", params: { workflowId: id } });
  const create = useMutation({ mutationFn: () => createBlank(folder), onSuccess: open });
  const items = found.data?.pages.flatMap((page) => page.items) ?? [];
  const mayWrite = can("workflows:write");
  const plain = q === "" && shown === "all" && folder === undefined;
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
      {found.isSuccess && plain && <FirstRun workflows={items.length} published={items.some(({ version }) => version !== null)} />}
      <Complaint error={found.error ?? create.error} />
      <div className={`with-folders ${folders.length > 0 || items.length > 0 ? "" : "bare"}`}>
        {(folders.length > 0 || items.length > 0) && <FolderBar folders={folders} chosen={folder} onChoose={(id) => void navigate({ to: "/workflows", search: id === undefined ? {} : { folder: id } })} />}
        <div className="stack">
          {(items.length > 0 || !plain) && (
            <div className="tools">
              <input type="search" placeholder="Search by name, description, tag or action" aria-label="Search workflows" value={words} onChange={(event) => setWords(event.target.value)} />
              <select aria-label="Which workflows" value={shown} onChange={(event) => setShown(event.target.value as Shown)}>{SHOWN.map(({ value, label }) => <option key={value} value={value}>{label}</option>)}</select>
            </div>
          )}
          {found.isPending ? <Skeleton /> : items.length > 0 ? <List items={items} folders={folders} /> : !plain ? <Empty icon={Search} title="Nothing found">{q === "" ? "There is no such workflow here." : "Try other words."}</Empty> : !found.isError && (
            mayWrite ? <Beginnings onBlank={() => create.mutate()} /> : <Empty icon={Workflow} title="No workflow yet">Workflows that others make appear here.</Empty>
          )}
          {found.hasNextPage && <button type="button" className="button" onClick={() => void found.fetchNextPage()}>Show more</button>}
        </div>
      </div>
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

const List = ({ items, folders }: { items: readonly Item[]; folders: readonly Placed[] }) => (
  <div className="card scroll">
    <table className="table">
      <thead><tr><th>Name</th><th>State</th><th className="extra">{folders.length > 0 ? "Folder and tags" : "Tags"}</th><th>Changed</th><th><span className="visually-hidden">Actions</span></th></tr></thead>
      <tbody>{items.map((item) => <WorkflowRow key={item.id} item={item} folder={folders.find(({ id }) => id === item.folder_id)?.path} />)}</tbody>
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
