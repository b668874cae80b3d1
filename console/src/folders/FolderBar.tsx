/** The folders beside a list: one is chosen, made, renamed, deleted. */

import { Folder as Icon, FolderOpen, FolderPlus, Layers, Pencil, Trash2 } from "lucide-react";
import { useState } from "react";

import { useCan } from "../api/account";
import { api } from "../api/client";
import { useAct } from "../api/use";
import { Acts, Confirm } from "../ui/extras";
import { Form, SelectField, TextField } from "../ui/forms";
import { Complaint, Dialog } from "../ui/parts";
import type { Placed } from "./tree";

interface Props {
  folders: readonly Placed[];
  chosen: string | undefined;
  onChoose: (id: string | undefined) => void;
}

export function FolderBar({ folders, chosen, onChoose }: Props) {
  const may = useCan()("folders:write");
  const [edited, setEdited] = useState<Placed | "new" | null>(null);
  const [removed, setRemoved] = useState<Placed | null>(null);
  const remove = useAct((id: string) => api.DELETE("/v1/folders/{folder_id}", { params: { path: { folder_id: id } } }), { touches: [["folders"], ["workflows"]], says: "The folder is deleted.", done: () => { setRemoved(null); onChoose(undefined); } });
  const item = (id: string | undefined, name: string, depth: number, count?: number) => {
    const on = id === chosen;
    const Sign = id === undefined ? Layers : on ? FolderOpen : Icon;
    return <button type="button" className="folder" aria-pressed={on} style={{ "--depth": depth } as React.CSSProperties} onClick={() => onChoose(id)}><Sign size={15} aria-hidden /> <span>{name}</span>{count !== undefined && count > 0 && <small className="muted">{count}</small>}</button>;
  };
  return (
    <nav className="folders" aria-label="Folders">
      <div className="folder-row">{item(undefined, "All workflows", 0)}</div>
      {folders.map((folder) => (
        <div key={folder.id} className="folder-row">
          {item(folder.id, folder.name, folder.depth, folder.workflows)}
          {may && chosen === folder.id && <Acts label={`Folder ${folder.name}`} acts={[
            { label: "Rename or move", icon: <Pencil size={15} aria-hidden />, run: () => setEdited(folder) },
            { label: "Delete", danger: true, icon: <Trash2 size={15} aria-hidden />, run: () => setRemoved(folder) },
          ]} />}
        </div>
      ))}
      {may && <button type="button" className="folder new" onClick={() => setEdited("new")}><FolderPlus size={15} aria-hidden /> New folder</button>}
      {edited !== null && <FolderDialog folder={edited === "new" ? null : edited} folders={folders} within={chosen ?? ""} onClose={() => setEdited(null)} />}
      <Confirm title={`Delete ${removed?.name ?? ""}?`} action="Delete" open={removed !== null} pending={remove.isPending} error={remove.error} onClose={() => setRemoved(null)} onConfirm={() => removed !== null && remove.mutate(removed.id)}>Only an empty folder can be deleted.</Confirm>
    </nav>
  );
}

function FolderDialog({ folder, folders, within, onClose }: { folder: Placed | null; folders: readonly Placed[]; within: string; onClose: () => void }) {
  const [name, setName] = useState(folder?.name ?? "");
  const [parent, setParent] = useState(folder === null ? within : (folder.parent_id ?? ""));
  const body = { name, parent_id: parent === "" ? null : parent };
  const keep = useAct(() => (folder === null ? api.POST("/v1/folders", { body }) : api.PUT("/v1/folders/{folder_id}", { params: { path: { folder_id: folder.id } }, body })), { touches: [["folders"]], says: "The folder is kept.", done: onClose });
  // A folder cannot lie in itself, nor in what lies in it.
  const places = folders.filter(({ path }) => folder === null || (path !== folder.path && !path.startsWith(`${folder.path} / `)));
  return (
    <Dialog title={folder === null ? "New folder" : `Change ${folder.name}`} open onClose={onClose}>
      <Form onSubmit={() => keep.mutate()}>
        <TextField label="Name" value={name} onChange={setName} required maxLength={100} />
        <SelectField label="Lies in" value={parent} options={[{ value: "", label: "No folder" }, ...places.map((each) => ({ value: each.id, label: each.path }))]} onChange={setParent} />
        <Complaint error={keep.error} />
        <footer><button type="button" className="button" onClick={onClose}>Cancel</button><button className="button primary" disabled={keep.isPending}>Save</button></footer>
      </Form>
    </Dialog>
  );
}
