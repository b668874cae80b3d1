/** The report builder: a question, its answer as one types, and what it is kept as. */

import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { FolderInput, Save, Trash2 } from "lucide-react";
import { useDeferredValue, useState } from "react";

import { useCan } from "../api/account";
import { api, ok, type Schemas } from "../api/client";
import { useAct, useLoad } from "../api/use";
import { Sharing } from "../settings/Sharing";
import { MoveDialog } from "../folders/MoveDialog";
import { Acts, Confirm } from "../ui/extras";
import { Form, Switch, TextField } from "../ui/forms";
import { Await, Page, Section } from "../ui/page";
import { Complaint, Dialog } from "../ui/parts";
import { AnswerTable, AnswerView } from "./AnswerView";
import { ExportButton } from "./ExportButton";
import type { Query } from "./figures";
import { BLANK } from "./query";
import { QueryEditor } from "./QueryEditor";
import { ScheduleFields } from "./ScheduleFields";

type Report = Schemas["Report"];

export function ReportPage() {
  const { reportId } = useParams({ from: "/inside/reports/$reportId" });
  const fresh = reportId === "new";
  const found = useLoad(["report", reportId], () => api.GET("/v1/reports/{report_id}", { params: { path: { report_id: reportId } } }), { enabled: !fresh });
  if (fresh) return <Builder key="new" report={null} />;
  if (found.data === undefined) return <Page title="Report" back={{ to: "/reports", label: "Reports" }}><Await query={found} shape="text">{() => null}</Await></Page>;
  return <Builder key={`${found.data.id}/${found.data.lock_number}`} report={found.data} />;
}

function Builder({ report }: { report: Report | null }) {
  const may = useCan()("reports:write");
  const [query, setQuery] = useState<Query>(report?.query ?? { ...BLANK, dimensions: ["workflow"], chart: "bar" });
  const [saving, setSaving] = useState(false);
  const asked = useDeferredValue(query);
  const answer = useQuery({ queryKey: ["figures", asked], queryFn: () => ok(api.POST("/v1/analytics/queries", { body: { ...asked, time_zone: asked.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone } })), placeholderData: (before) => before });
  const title = report?.name ?? "New report";
  return (
    <Page title={title} lead={report?.description} back={{ to: "/reports", label: "Reports" }} size="wide" actions={(
      <>
        <ExportButton title={title} what={{ query }} formats={["pdf", "xlsx", "csv", "jsonl"]} />
        {may && <button type="button" className="button primary" onClick={() => setSaving(true)}><Save size={15} aria-hidden /> Save</button>}
        {may && report !== null && <More report={report} />}
      </>
    )}>
      <div className="split builder-split">
        <section className="card panel result" aria-label="Answer" aria-busy={answer.isFetching}>
          <Complaint error={answer.error} />
          {answer.data !== undefined && <AnswerView answer={{ ...answer.data, chart: query.chart ?? "table" }} title={title} />}
          {answer.data !== undefined && query.chart !== "table" && query.chart !== "number" && <AnswerTable answer={answer.data} title={`${title}, as a table`} />}
        </section>
        <aside className="card panel" aria-label="Question"><QueryEditor query={query} onChange={setQuery} /></aside>
      </div>
      {report !== null && <Section title="Shared with"><Sharing kind="report" id={report.id} /></Section>}
      {saving && <SaveDialog report={report} query={query} onClose={() => setSaving(false)} />}
    </Page>
  );
}

function More({ report }: { report: Report }) {
  const navigate = useNavigate();
  const [deleting, setDeleting] = useState(false);
  const [moving, setMoving] = useState(false);
  const remove = useAct(() => api.DELETE("/v1/reports/{report_id}", { params: { path: { report_id: report.id } } }), { touches: [["reports"]], says: "The report is deleted.", done: () => navigate({ to: "/reports" }) });
  return (
    <>
      <Acts label="More" acts={[{ label: "Move", icon: <FolderInput size={15} aria-hidden />, run: () => setMoving(true) }, { label: "Delete", danger: true, icon: <Trash2 size={15} aria-hidden />, run: () => setDeleting(true) }]} />
      {moving && <MoveDialog kind="report" id={report.id} name={report.name} folder={report.folder_id ?? null} onClose={() => setMoving(false)} />}
      <Confirm title={`Delete ${report.name}?`} action="Delete" open={deleting} pending={remove.isPending} error={remove.error} onClose={() => setDeleting(false)} onConfirm={() => remove.mutate()}>It is not sent any more. Files that were made of it stay.</Confirm>
    </>
  );
}

function SaveDialog({ report, query, onClose }: { report: Report | null; query: Query; onClose: () => void }) {
  const navigate = useNavigate();
  const [name, setName] = useState(report?.name ?? "");
  const [description, setDescription] = useState(report?.description ?? "");
  const [shared, setShared] = useState(report?.shared ?? false);
  const [schedule, setSchedule] = useState<Schemas["Schedule"] | null>(report?.schedule ?? null);
  const body = { name, description, shared, schedule, query };
  const keep = useAct(
    () => report === null
      ? api.POST("/v1/reports", { body })
      : api.PUT("/v1/reports/{report_id}", { params: { path: { report_id: report.id } }, body: { ...body, lock_number: report.lock_number } }),
    { touches: [["reports"], ["report"]], says: "The report is kept.", done: ({ id }) => { onClose(); return navigate({ to: "/reports/$reportId", params: { reportId: id } }); } },
  );
  return (
    <Dialog title="Save the report" open onClose={onClose}>
      <Form onSubmit={() => keep.mutate()}>
        <TextField label="Name" value={name} onChange={setName} required maxLength={200} />
        <TextField label="Description" value={description} onChange={setDescription} maxLength={2000} />
        <Switch label="Shared with the workspace" hint="Else it is yours alone" checked={shared} onChange={setShared} />
        <ScheduleFields schedule={schedule} onChange={setSchedule} />
        <Complaint error={keep.error} />
        <footer><button type="button" className="button" onClick={onClose}>Cancel</button><button className="button primary" disabled={keep.isPending}>Save</button></footer>
      </Form>
    </Dialog>
  );
}
