/** One file: how it begins, what is known of it. */

import { Download, Table2, Trash2 } from "lucide-react";
import { Link } from "@tanstack/react-router";

import { useCan } from "../api/account";
import { api, type Schemas } from "../api/client";
import { useLoad } from "../api/use";
import { Copyable, Facts } from "../ui/extras";
import { Await } from "../ui/page";
import { Complaint, Dialog, Moment } from "../ui/parts";
import { hasRows, isImage, short, size } from "./names";
import { asked } from "./queue";
import { PreviewRows } from "./PreviewRows";
import { useDownload, type StoredFile } from "./useDownload";

export function FileDialog({ file, onClose, onRemove }: { file: StoredFile; onClose: () => void; onRemove: () => void }) {
  const can = useCan();
  const download = useDownload();
  return (
    <Dialog title={short(file.name)} open onClose={onClose} wide>
      {isImage(file.content_type) ? <Picture file={file} /> : <Beginning file={file} />}
      <Facts facts={[
        ["Name", <Copyable key="name" text={file.name} label="name" />],
        ["Size", `${size(file.size)} (${file.size.toLocaleString()} bytes)`],
        ["Type", file.content_type],
        ["Changed", <Moment key="changed" at={file.updated_at} />],
      ]} />
      <Complaint error={download.error} />
      <footer>
        {can("files:write") && <><button type="button" className="button danger" onClick={onRemove}><Trash2 size={15} aria-hidden /> Delete</button><span style={{ flex: 1 }} /></>}
        {hasRows(file.name) && can("tables:write") && <Link className="button" to="/tables" search={{ import: file.name }}><Table2 size={15} aria-hidden /> Import into a table</Link>}
        <button type="button" className="button primary" disabled={download.isPending} onClick={() => download.mutate(file)}><Download size={15} aria-hidden /> Download</button>
      </footer>
    </Dialog>
  );
}

function Picture({ file }: { file: StoredFile }) {
  const link = useLoad(["file-link", file.id, file.etag], () => api.POST("/v1/files/{file_id}/links", { params: { path: { file_id: file.id } }, body: { seconds: 300 } }), { stale: 240_000 });
  return <Await query={link} shape="text">{({ url }) => <img className="picture" src={asked(url)} alt={short(file.name)} />}</Await>;
}

function Beginning({ file }: { file: StoredFile }) {
  const found = useLoad(["file-preview", file.id, file.etag], () => api.GET("/v1/files/{file_id}/preview", { params: { path: { file_id: file.id } } }));
  return <Await query={found} shape="text">{(preview) => <Shown preview={preview} />}</Await>;
}

function Shown({ preview }: { preview: Schemas["FilePreview"] }) {
  if (preview.kind === "none") return <p className="muted">{preview.why ? `There is no preview: ${preview.why}.` : "There is no preview of files of this type."}</p>;
  if (preview.kind === "text") return <><pre className="json" tabIndex={0} aria-label="The file's beginning">{preview.text === "" ? "(empty)" : preview.text}</pre>{preview.more && <small className="muted">The file goes on.</small>}</>;
  if (preview.columns.length === 0) return <p className="muted">The file has no rows.</p>;
  return <PreviewRows columns={preview.columns} rows={preview.rows} more={preview.more} />;
}
