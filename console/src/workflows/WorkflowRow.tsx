/** One workflow of the list, and what may be done with it. */

import { Link, useNavigate } from "@tanstack/react-router";
import { Activity, Archive, ArchiveRestore, Copy, FileDown, FolderInput, Power, Trash2 } from "lucide-react";
import { useState } from "react";

import { useCan } from "../api/account";
import { api, ok, type Schemas } from "../api/client";
import { useAct } from "../api/use";
import { MoveDialog } from "../folders/MoveDialog";
import { save } from "../ui/download";
import { Acts, Confirm } from "../ui/extras";
import { Moment } from "../ui/parts";
import { toast } from "../ui/toast";

export type Item = Schemas["Page_Workflow_"]["items"][number];

function State({ item }: { item: Item }) {
  if (item.archived_at !== null) return <span className="chip">archived</span>;
  if (item.version === null) return <span className="chip">draft</span>;
  return item.enabled ? <span className="chip good">live · v{item.version}</span> : <span className="chip warn">off</span>;
}

export function WorkflowRow({ item, folder }: { item: Item; folder: string | undefined }) {
  return (
    <tr>
      <td><Link className="strong" to="/workflows/$workflowId" params={{ workflowId: item.id }}>{item.name}</Link></td>
      <td><State item={item} /></td>
      <td className="extra">{folder !== undefined && <span className="muted">{folder} </span>}{item.tags.map((tag) => <span className="chip" key={tag}>{tag}</span>)}</td>
      <td className="muted"><Moment at={item.updated_at} /></td>
      <td className="row-acts"><More item={item} /></td>
    </tr>
  );
}

function More({ item }: { item: Item }) {
  const can = useCan();
  const navigate = useNavigate();
  const [dialog, setDialog] = useState<"move" | "delete" | null>(null);
  const path = { params: { path: { workflow_id: item.id } } };
  const touches = [["workflows"], ["folders"]];
  const failed = (error: Error): void => toast(error.message);
  const copy = useAct(() => api.POST("/v1/workflows/{workflow_id}/duplicate", { ...path, body: {} }), { touches, done: ({ id }) => navigate({ to: "/workflows/$workflowId", params: { workflowId: id } }) });
  const turn = useAct((state: "on" | "off") => api.PUT("/v1/workflows/{workflow_id}/state", { ...path, body: { state } }), { touches, says: `${item.name} is turned ${item.enabled ? "off" : "on"}.` });
  const file = useAct((action: "archive" | "restore") => (action === "archive" ? api.POST("/v1/workflows/{workflow_id}/archive", path) : api.POST("/v1/workflows/{workflow_id}/restore", path)), { touches, says: "Kept." });
  const remove = useAct(() => api.DELETE("/v1/workflows/{workflow_id}", path), { touches, says: `${item.name} is deleted.`, done: () => setDialog(null) });
  const download = async (): Promise<void> => {
    const text = await ok(api.GET("/v1/workflows/{workflow_id}/export", { params: { ...path.params, query: { format: "yaml" } }, parseAs: "text" }));
    save(`${item.name}.yaml`, String(text), "application/yaml");
  };
  const write = can("workflows:write");
  const archived = item.archived_at !== null;
  return (
    <>
      <Acts label={`Actions for ${item.name}`} acts={[
        { label: "Executions", icon: <Activity size={15} aria-hidden />, run: () => void navigate({ to: "/executions", search: { workflow: item.id } }) },
        { label: "Download as YAML", icon: <FileDown size={15} aria-hidden />, run: () => void download().catch(failed) },
        write && { label: "Copy", icon: <Copy size={15} aria-hidden />, run: () => copy.mutate(undefined, { onError: failed }) },
        write && { label: "Move", icon: <FolderInput size={15} aria-hidden />, run: () => setDialog("move") },
        write && !archived && item.version !== null && { label: item.enabled ? "Turn off" : "Turn on", icon: <Power size={15} aria-hidden />, run: () => turn.mutate(item.enabled ? "off" : "on", { onError: failed }) },
        write && { label: archived ? "Restore" : "Archive", icon: archived ? <ArchiveRestore size={15} aria-hidden /> : <Archive size={15} aria-hidden />, run: () => file.mutate(archived ? "restore" : "archive", { onError: failed }) },
        write && { label: "Delete", danger: true, icon: <Trash2 size={15} aria-hidden />, run: () => setDialog("delete") },
      ]} />
      {dialog === "move" && <MoveDialog kind="workflow" id={item.id} name={item.name} folder={item.folder_id} onClose={() => setDialog(null)} />}
      <Confirm title={`Delete ${item.name}?`} action="Delete" open={dialog === "delete"} pending={remove.isPending} error={remove.error} onClose={() => setDialog(null)} onConfirm={() => remove.mutate()}>Its address stops working. Its executions are kept as long as the workspace keeps executions.</Confirm>
    </>
  );
}
