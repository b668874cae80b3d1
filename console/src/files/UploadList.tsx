/** Files on their way up, with how far they have come. */

import { CircleAlert, CircleCheck, RotateCw, X } from "lucide-react";

import { short, size } from "./names";
import type { Upload } from "./queue";
import { again, dismiss, useUploads } from "./uploads";

export function UploadList() {
  const uploads = useUploads();
  if (uploads.length === 0) return null;
  const under = uploads.filter(({ state }) => state === "waiting" || state === "sending").length;
  const ended = uploads.filter(({ state }) => state !== "waiting" && state !== "sending").map(({ id }) => id);
  return (
    <section className="card uploads" aria-label="Uploads">
      <header>
        <b role="status">{under > 0 ? `Uploading ${under} of ${uploads.length}` : uploads.every(({ state }) => state === "done") ? "Uploaded" : "Not all files were uploaded"}</b>
        {ended.length > 0 && <button type="button" className="button quiet small-button" onClick={() => dismiss(ended)}>Clear</button>}
      </header>
      <ul>{uploads.map((upload) => <Line key={upload.id} upload={upload} />)}</ul>
    </section>
  );
}

function Line({ upload }: { upload: Upload }) {
  const { state } = upload;
  const share = upload.size === 0 ? 1 : upload.sent / upload.size;
  const wrong = state === "failed" || state === "taken";
  return (
    <li>
      <span className="name" title={upload.name}>{short(upload.name)}</span>
      {state === "done" && <span className="good"><CircleCheck size={16} aria-hidden /> <span>{size(upload.size)}</span></span>}
      {wrong && <span className="bad"><CircleAlert size={16} aria-hidden /> <span>{upload.why}</span></span>}
      {state === "sending" && <div className="progress" role="progressbar" aria-label={upload.name} aria-valuenow={Math.round(share * 100)} aria-valuemin={0} aria-valuemax={100}><i style={{ width: `${share * 100}%` }} /></div>}
      {state === "waiting" && <span className="muted small">waits</span>}
      {wrong && <button type="button" className="button small-button" onClick={() => again(upload)}><RotateCw size={13} aria-hidden /> {state === "taken" ? "Replace it" : "Try again"}</button>}
      {wrong && <button type="button" className="button quiet icon" aria-label={`Leave out ${short(upload.name)}`} onClick={() => dismiss([upload.id])}><X size={15} aria-hidden /></button>}
    </li>
  );
}
