/** Rows of a file into a table: which file, which columns, what does not fit, and in. */

import { FileUp } from "lucide-react";
import { useState } from "react";

import { useCan } from "../api/account";
import { api } from "../api/client";
import { useLoad } from "../api/use";
import { hasRows } from "../files/names";
import { send, useUploads } from "../files/uploads";
import { Field } from "../ui/forms";
import { Await } from "../ui/page";
import { Complaint, Dialog } from "../ui/parts";
import { ImportRows } from "./ImportRows";
import type { Table } from "./TableList";

export function ImportDialog({ table, file, onClose }: { table: Table; file: string | undefined; onClose: () => void }) {
  const [name, setName] = useState(file ?? null);
  return (
    <Dialog title={`Import rows into ${table.name}`} open onClose={onClose} wide>
      {name === null ? <Choose table={table} onChosen={setName} onClose={onClose} /> : <Chosen table={table} name={name} onBack={() => setName(null)} onClose={onClose} />}
    </Dialog>
  );
}

function Choose({ table, onChosen, onClose }: { table: Table; onChosen: (name: string) => void; onClose: () => void }) {
  const can = useCan();
  const [wrong, setWrong] = useState<Error | null>(null);
  const [sent, setSent] = useState<string | null>(null);
  const upload = useUploads().findLast(({ name }) => name === sent);
  const known = useLoad(["files", "with-rows"], () => api.GET("/v1/files", { params: { query: { limit: 1000 } } }), { enabled: can("files:read") });
  const names = (known.data?.items ?? []).filter(({ name, state }) => state === "stored" && hasRows(name)).map(({ name }) => name);
  const take = (file: File | undefined): void => {
    if (file === undefined) return;
    if (!hasRows(file.name)) return setWrong(new Error(`${file.name} has no rows to read: take a CSV, Excel (.xlsx), JSON or JSON Lines file.`));
    setWrong(null);
    setSent(`imports/${table.name}/${file.name}`);
    send([file], `imports/${table.name}/`, onChosen, true);
  };
  const failed = upload?.state === "failed" ? new Error(upload.why) : null;
  return (
    <>
      {can("files:write") && (
        <label className="drop" onDragOver={(event) => event.preventDefault()} onDrop={(event) => { event.preventDefault(); take(event.dataTransfer.files[0]); }}>
          <FileUp size={18} aria-hidden /> <span>Choose a CSV or Excel file, or drop it here</span>
          <input type="file" className="visually-hidden" aria-label="File with rows" accept=".csv,.tsv,.xlsx,.json,.jsonl,.ndjson" onChange={(event) => take(event.target.files?.[0])} />
        </label>
      )}
      {upload !== undefined && upload.state !== "failed" && <div className="progress" role="progressbar" aria-label="Upload" aria-valuenow={Math.round((100 * upload.sent) / Math.max(1, upload.size))} aria-valuemin={0} aria-valuemax={100}><i style={{ width: `${(100 * upload.sent) / Math.max(1, upload.size)}%` }} /></div>}
      {names.length > 0 && (
        <Field label="Or one of the workspace's files">
          <select value="" onChange={(event) => onChosen(event.target.value)}><option value="">Choose …</option>{names.map((each) => <option key={each}>{each}</option>)}</select>
        </Field>
      )}
      <Complaint error={wrong ?? failed ?? known.error} />
      <footer><button type="button" className="button" onClick={onClose}>Cancel</button></footer>
    </>
  );
}

/** How the file begins is looked up by its name. */
function Chosen({ table, name, onBack, onClose }: { table: Table; name: string; onBack: () => void; onClose: () => void }) {
  const found = useLoad(["files", "by-name", name], () => api.GET("/v1/files", { params: { query: { prefix: name, limit: 1 } } }));
  const id = found.data?.items.find((each) => each.name === name)?.id;
  const preview = useLoad(["file-preview", id, found.data?.items[0]?.etag], () => api.GET("/v1/files/{file_id}/preview", { params: { path: { file_id: id ?? "" } } }), { enabled: id !== undefined });
  if (found.data !== undefined && id === undefined) return <><p className="muted">There is no file {name} any more.</p><footer><button type="button" className="button" onClick={onBack}>Choose another file</button></footer></>;
  return (
    <Await query={preview} shape="text">
      {(shown) => shown.kind === "rows" && shown.columns.length > 0 ? <ImportRows table={table} name={name} preview={shown} onBack={onBack} onClose={onClose} /> : (
        <>
          <p className="muted">{shown.why ? `The file cannot be read: ${shown.why}.` : shown.kind === "rows" ? "The file has no rows." : "The file has no rows with named columns."}</p>
          <footer><button type="button" className="button" onClick={onBack}>Choose another file</button></footer>
        </>
      )}
    </Await>
  );
}
