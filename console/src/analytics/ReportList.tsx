/** Saved reports, and files that were made. */

import { Link } from "@tanstack/react-router";
import { CalendarClock, Download, FileChartColumn, FileDown, Plus } from "lucide-react";
import { useState } from "react";

import { useCan } from "../api/account";
import { api, type Schemas } from "../api/client";
import { useLoad } from "../api/use";
import { inside } from "../app/address";
import { Tabs } from "../ui/extras";
import { Await, Empty, Page } from "../ui/page";
import { Moment } from "../ui/parts";
import { sizeOf } from "./ExportButton";

export function ReportList() {
  const can = useCan();
  const [tab, setTab] = useState("reports");
  const create = can("reports:write") && <Link to="/reports/$reportId" params={{ reportId: "new" }} className="button primary"><Plus size={16} aria-hidden /> New report</Link>;
  return (
    <Page title="Reports" lead="Questions of your own to the figures: saved, sent by e-mail, taken along as files." actions={create}>
      <Tabs label="Views" value={tab} onChange={setTab} tabs={[
        { value: "reports", label: "Saved reports", content: <Reports create={create} /> },
        { value: "files", label: "Files", content: <Files /> },
      ]} />
    </Page>
  );
}

function Reports({ create }: { create: React.ReactNode }) {
  const found = useLoad(["reports"], () => api.GET("/v1/reports", { params: { query: { limit: 100 } } }));
  return (
    <Await query={found}>
      {({ items }) => items.length === 0 ? <Empty icon={FileChartColumn} title="No report yet" actions={create}>Choose figures, group them, draw them; keep the question and its answer stays fresh.</Empty> : (
        <div className="card scroll">
          <table className="table">
            <thead><tr><th>Report</th><th>Shown to</th><th className="extra">Sent</th><th className="extra">Changed</th></tr></thead>
            <tbody>
              {items.map((report) => (
                <tr key={report.id}>
                  <td><Link className="strong" to="/reports/$reportId" params={{ reportId: report.id }}>{report.name}</Link>{report.description !== "" && <span className="sub">{report.description}</span>}</td>
                  <td><span className="chip">{report.shared === true ? "the workspace" : "its owner"}</span></td>
                  <td className="muted extra">{report.next_at === null ? "–" : <><CalendarClock size={13} aria-hidden /> <Moment at={report.next_at} /></>}</td>
                  <td className="muted extra"><Moment at={report.updated_at} /></td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Await>
  );
}

const TONES: Record<Schemas["Export"]["status"], string> = { queued: "", running: "accent", succeeded: "good", failed: "bad" };

function Files() {
  const found = useLoad(["exports"], () => api.GET("/v1/exports", { params: { query: { limit: 50 } } }), { every: (data) => (data?.items.some(({ status }) => status === "queued" || status === "running") === true ? 1_500 : false) });
  return (
    <Await query={found}>
      {({ items }) => items.length === 0 ? <Empty icon={FileDown} title="No file yet">What is exported from reports and dashboards is listed here for thirty days.</Empty> : (
        <div className="card scroll">
          <table className="table">
            <thead><tr><th>File</th><th>State</th><th className="extra">Made</th><th><span className="visually-hidden">Download</span></th></tr></thead>
            <tbody>
              {items.map((file) => {
                const url = inside(file.url ?? null);
                return (
                  <tr key={file.id}>
                    <td><span className="strong">{file.title}</span><span className="sub">{file.format}{file.bytes !== null && `, ${sizeOf(file.bytes)}`}</span></td>
                    <td><span className={`chip ${TONES[file.status]}`}>{file.status}</span>{file.error !== null && <span className="sub complaint">{file.error}</span>}</td>
                    <td className="muted extra"><Moment at={file.created_at} /></td>
                    <td className="row-acts">{url !== null && <a className="button quiet icon" href={url} download aria-label={`Download ${file.title}`}><Download size={16} aria-hidden /></a>}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    </Await>
  );
}
