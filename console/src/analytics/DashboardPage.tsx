/** One dashboard: its figures, kept fresh; made one's own, changed, shared, and taken along as a PDF. */

import { useNavigate, useParams } from "@tanstack/react-router";
import { Copy, FolderInput, Link2, Pencil, Trash2 } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import { useCan } from "../api/account";
import { api, type Schemas } from "../api/client";
import { useLive } from "../api/live";
import { useAct, useLoad } from "../api/use";
import { MoveDialog } from "../folders/MoveDialog";
import { Acts, Confirm } from "../ui/extras";
import { Await, Page } from "../ui/page";
import { DashboardEditor } from "./DashboardEditor";
import { ExportButton } from "./ExportButton";
import { Links } from "./Links";
import { Widgets, type DashboardData } from "./Widgets";

type Dashboard = Schemas["Dashboard"];

const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

const PAUSE = 1_000;

/** Asks again when figures have changed: at once, and once a second at the most. */
function useNews(ask: () => unknown): void {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const asked = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  useLive("analytics", () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      asked.current = Date.now();
      ask();
    }, Math.max(0, asked.current + PAUSE - Date.now()));
  });
}

export function DashboardPage() {
  const { dashboardId } = useParams({ from: "/inside/dashboards/$dashboardId" });
  const [editing, setEditing] = useState(false);
  const path = { path: { dashboard_id: dashboardId } };
  const found = useLoad(["dashboard", dashboardId], () => api.GET("/v1/dashboards/{dashboard_id}", { params: path }));
  const data = useLoad(["dashboard", dashboardId, "data"], () => api.GET("/v1/dashboards/{dashboard_id}/data", { params: { ...path, query: { time_zone: ZONE, locale: navigator.language } } }), { every: editing ? () => false : 15_000 });
  useNews(() => !editing && data.refetch());
  return (
    <Page title={found.data?.name ?? "Dashboard"} lead={found.data?.description} back={{ to: "/dashboards", label: "Dashboards" }} size="wide" actions={found.data !== undefined && !editing && <Actions dashboard={found.data} onEdit={() => setEditing(true)} />}>
      {editing && found.data !== undefined
        ? <DashboardEditor dashboard={found.data} onDone={() => setEditing(false)} />
        : <Await query={data} shape="cards">{(figures) => <Widgets widgets={(figures as unknown as DashboardData).widgets} />}</Await>}
    </Page>
  );
}

function Actions({ dashboard, onEdit }: { dashboard: Dashboard; onEdit: () => void }) {
  const may = useCan()("reports:write");
  const navigate = useNavigate();
  const [dialog, setDialog] = useState<"links" | "move" | "delete" | null>(null);
  const own = dashboard.ready !== true;
  const copy = useAct(() => api.POST("/v1/dashboards", { body: { name: `${dashboard.name} (copy)`.slice(0, 200), description: dashboard.description ?? "", widgets: dashboard.widgets, shared: false } }), {
    touches: [["dashboards"]], says: "This copy is yours to change.", done: ({ id }) => navigate({ to: "/dashboards/$dashboardId", params: { dashboardId: id } }),
  });
  const remove = useAct(() => api.DELETE("/v1/dashboards/{dashboard_id}", { params: { path: { dashboard_id: dashboard.id } } }), { touches: [["dashboards"]], says: "The dashboard is deleted.", done: () => navigate({ to: "/dashboards" }) });
  return (
    <>
      <ExportButton title={dashboard.name} what={{ dashboard: dashboard.id }} formats={["pdf"]} />
      {may && <button type="button" className="button" onClick={() => setDialog("links")}><Link2 size={15} aria-hidden /> Share</button>}
      {may && (own
        ? <button type="button" className="button" onClick={onEdit}><Pencil size={15} aria-hidden /> Edit</button>
        : <button type="button" className="button" disabled={copy.isPending} onClick={() => copy.mutate()}><Copy size={15} aria-hidden /> Make a copy</button>)}
      {may && own && <Acts label="More" acts={[{ label: "Make a copy", icon: <Copy size={15} aria-hidden />, run: () => copy.mutate() }, { label: "Move", icon: <FolderInput size={15} aria-hidden />, run: () => setDialog("move") }, { label: "Delete", danger: true, icon: <Trash2 size={15} aria-hidden />, run: () => setDialog("delete") }]} />}
      {dialog === "move" && <MoveDialog kind="dashboard" id={dashboard.id} name={dashboard.name} folder={dashboard.folder_id ?? null} onClose={() => setDialog(null)} />}
      <Links dashboardId={dashboard.id} open={dialog === "links"} onClose={() => setDialog(null)} />
      <Confirm title={`Delete ${dashboard.name}?`} action="Delete" open={dialog === "delete"} pending={remove.isPending} error={remove.error} onClose={() => setDialog(null)} onConfirm={() => remove.mutate()}>Links to it stop working.</Confirm>
    </>
  );
}
