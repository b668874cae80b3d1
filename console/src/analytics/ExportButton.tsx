/** Having a file made: the format, its progress, its link. */

import { Download, FileDown } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { useState } from "react";

import { api, type Schemas } from "../api/client";
import { useAct, useLoad } from "../api/use";
import { inside } from "../app/address";
import { Complaint, Dialog } from "../ui/parts";

type Format = Schemas["NewExport"]["format"];
type Asked = Omit<Schemas["NewExport"], "format">;

const FORMATS: Record<Format, string> = { pdf: "PDF", xlsx: "Excel", csv: "CSV", jsonl: "JSON Lines" };

interface Props {
  /** What the file is made of. */
  what: Partial<Asked>;
  title: string;
  formats: readonly Format[];
}

export function ExportButton({ what, title, formats }: Props) {
  const begin = useAct(
    (format: Format) => api.POST("/v1/exports", { body: { title: title.slice(0, 200) || "Report", recipients: [], locale: navigator.language, ...what, format } as Schemas["NewExport"] }),
    { touches: [["exports"]] },
  );
  return (
    <>
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger className="button"><FileDown size={15} aria-hidden /> Export</DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content className="menu" align="end" sideOffset={4}>
            {formats.map((format) => <DropdownMenu.Item key={format} onSelect={() => begin.mutate(format)}><FileDown size={15} aria-hidden /> {FORMATS[format]}</DropdownMenu.Item>)}
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      {(begin.data !== undefined || begin.isError) && (
        <Dialog title={`Export: ${title}`} open onClose={() => begin.reset()}>
          <Complaint error={begin.error} />
          {begin.data !== undefined && <Making id={begin.data.id} />}
        </Dialog>
      )}
    </>
  );
}

/** A file while it is made, and its link when it is. */
function Making({ id }: { id: string }) {
  const found = useLoad(["exports", id], () => api.GET("/v1/exports/{export_id}", { params: { path: { export_id: id } } }), {
    every: (data) => (data === undefined || data.status === "queued" || data.status === "running" ? 700 : false),
  });
  if (found.data === undefined) return <><div className="progress unknown"><i /></div><Complaint error={found.error} /></>;
  return <ExportState made={found.data} />;
}

export function ExportState({ made }: { made: Schemas["Export"] }) {
  const url = inside(made.url ?? null);
  if (made.status === "failed") return <div className="banner" role="alert">The file could not be made. {made.error}</div>;
  if (made.status !== "succeeded" || url === null) {
    const share = made.rows_expected === null || made.rows_expected === 0 ? null : made.rows_done / made.rows_expected;
    return (
      <div role="status" className="stack" style={{ gap: 6 }}>
        <span className="muted">{made.status === "queued" ? "Waiting for its turn …" : `${made.rows_done.toLocaleString()} rows written …`}</span>
        <div className={`progress ${share === null ? "unknown" : ""}`}><i style={share === null ? {} : { width: `${Math.round(share * 100)}%` }} /></div>
        <small className="muted">You need not wait: a message tells you when it is done.</small>
      </div>
    );
  }
  return (
    <div className="stack">
      <p role="status">Your file is ready{made.bytes === null ? "" : `: ${sizeOf(made.bytes)}`}. Its link works for seven days, for anybody who has it.</p>
      <a className="button primary" href={url} download><Download size={15} aria-hidden /> Download {FORMATS[made.format]}</a>
    </div>
  );
}

export const sizeOf = (bytes: number): string =>
  bytes < 1024 ? `${bytes} bytes` : bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(1)} kB` : `${(bytes / 1024 ** 2).toFixed(1)} MB`;
