/** Folders and files in rows. */

import { Download, Eye, File, FileArchive, FileImage, FileSpreadsheet, FileText, Folder, Link2, Trash2, type LucideIcon } from "lucide-react";
import { useState } from "react";

import { useCan } from "../api/account";
import { api, type Schemas } from "../api/client";
import { useAct } from "../api/use";
import { Acts, Confirm } from "../ui/extras";
import { Skeleton } from "../ui/page";
import { Complaint, Moment } from "../ui/parts";
import { toast } from "../ui/toast";
import { FileDialog } from "./FileDialog";
import { hasRows, isImage, short, size } from "./names";
import { useDownload, type StoredFile } from "./useDownload";


const sign = ({ name, content_type: type }: StoredFile): LucideIcon =>
  hasRows(name) ? FileSpreadsheet : isImage(type) ? FileImage : /zip|compressed/.test(type) ? FileArchive : /^text\/|pdf|document/.test(type) ? FileText : File;

interface Props {
  folder: string;
  folders: readonly Schemas["FileFolder"][];
  files: readonly StoredFile[] | undefined;
  deep: boolean;
  onGo: (folder: string) => void;
}

export function FileTable({ folder, folders, files, deep, onGo }: Props) {
  const [open, setOpen] = useState<StoredFile | null>(null);
  const [removed, setRemoved] = useState<StoredFile | null>(null);
  const download = useDownload();
  const remove = useAct((file: StoredFile) => api.DELETE("/v1/files/{file_id}", { params: { path: { file_id: file.id } } }), {
    touches: [["files"]], says: "The file is deleted.", done: () => { setRemoved(null); setOpen(null); },
  });
  return (
    <>
      <Complaint error={download.error} />
      {files === undefined && folders.length === 0 ? <Skeleton /> : (
        <div className="card scroll">
          <table className="table files-table">
            <thead><tr><th>Name</th><th className="right">Size</th><th className="extra">Type</th><th className="extra">Changed</th><th><span className="visually-hidden">Actions</span></th></tr></thead>
            <tbody>
              {folders.map((each) => (
                <tr key={each.name}>
                  <td><button type="button" className="linkish strong file-name" onClick={() => onGo(`${folder}${each.name}/`)}><Folder size={17} aria-hidden /><span>{each.name}</span></button></td>
                  <td className="right numbers muted">{size(each.size)}</td>
                  <td className="muted extra">{each.files === 1 ? "1 file" : `${each.files.toLocaleString()} files`}</td>
                  <td className="muted extra"><Moment at={each.updated_at} /></td><td />
                </tr>
              ))}
              {files?.map((file) => <Line key={file.id} file={file} name={deep ? file.name.slice(folder.length) : short(file.name)} onOpen={() => setOpen(file)} onDownload={() => download.mutate(file)} onRemove={() => setRemoved(file)} />)}
            </tbody>
          </table>
        </div>
      )}
      {open !== null && <FileDialog file={open} onClose={() => setOpen(null)} onRemove={() => setRemoved(open)} />}
      <Confirm title={`Delete ${removed === null ? "" : short(removed.name)}?`} action="Delete" open={removed !== null} pending={remove.isPending} error={remove.error} onClose={() => setRemoved(null)} onConfirm={() => removed !== null && remove.mutate(removed)}>It cannot be brought back. Workflows that read it fail from then on.</Confirm>
    </>
  );
}

interface LineProps {
  file: StoredFile;
  name: string;
  onOpen: () => void;
  onDownload: () => void;
  onRemove: () => void;
}

function Line({ file, name, onOpen, onDownload, onRemove }: LineProps) {
  const can = useCan();
  const Sign = sign(file);
  const there = file.state === "stored";
  const copy = (): void => void navigator.clipboard.writeText(file.name).then(() => toast("The name is copied: steps find the file by it."), () => toast("The browser does not let pages copy."));
  return (
    <tr>
      <td><button type="button" className="linkish strong file-name" title={file.name} disabled={!there} onClick={onOpen}><Sign size={17} aria-hidden /><span>{name}</span></button></td>
      <td className="right numbers muted">{there ? size(file.size) : <span className="chip warn">not uploaded</span>}</td>
      <td className="muted extra"><span className="clip">{file.content_type}</span></td>
      <td className="muted extra"><Moment at={file.updated_at} /></td>
      <td className="row-acts">
        <Acts label={`Actions for ${short(file.name)}`} acts={[
          there && { label: "Look at it", icon: <Eye size={15} aria-hidden />, run: onOpen },
          there && { label: "Download", icon: <Download size={15} aria-hidden />, run: onDownload },
          { label: "Copy its name", icon: <Link2 size={15} aria-hidden />, run: copy },
          can("files:write") && { label: "Delete", danger: true, icon: <Trash2 size={15} aria-hidden />, run: onRemove },
        ]} />
      </td>
    </tr>
  );
}
