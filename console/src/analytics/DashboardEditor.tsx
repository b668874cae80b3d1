/** Changing a dashboard: widgets are added, asked differently, resized, moved and removed. */

import { useQueries } from "@tanstack/react-query";
import { ArrowLeft, ArrowRight, Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";

import { api, ok, type Schemas } from "../api/client";
import { useAct } from "../api/use";
import { Acts } from "../ui/extras";
import { Form, SelectField, Switch, TextField } from "../ui/forms";
import { Complaint, Dialog } from "../ui/parts";
import { BLANK, flow } from "./query";
import { QueryEditor } from "./QueryEditor";
import { Widgets } from "./Widgets";

type Widget = Schemas["Widget"];

const WIDTHS = [{ value: "3", label: "A quarter" }, { value: "4", label: "A third" }, { value: "6", label: "Half" }, { value: "8", label: "Two thirds" }, { value: "12", label: "The whole width" }];
const HEIGHTS = [{ value: "2", label: "Low" }, { value: "4", label: "Medium" }, { value: "5", label: "Tall" }, { value: "7", label: "Very tall" }];

const moved = (widgets: readonly Widget[], from: number, to: number): Widget[] => {
  const next = [...widgets];
  next.splice(to, 0, ...next.splice(from, 1));
  return next;
};

export function DashboardEditor({ dashboard, onDone }: { dashboard: Schemas["Dashboard"]; onDone: () => void }) {
  const [name, setName] = useState(dashboard.name);
  const [description, setDescription] = useState(dashboard.description ?? "");
  const [shared, setShared] = useState(dashboard.shared ?? false);
  const [widgets, setWidgets] = useState<Widget[]>(() => [...dashboard.widgets].sort((a, b) => (a.y ?? 0) - (b.y ?? 0) || (a.x ?? 0) - (b.x ?? 0)));
  const [edited, setEdited] = useState<number | null>(null);
  const placed = flow(widgets);
  const answers = useQueries({ queries: placed.map(({ query }) => ({ queryKey: ["figures", query], queryFn: () => ok(api.POST("/v1/analytics/queries", { body: query })) })) });
  const keep = useAct(() => api.PUT("/v1/dashboards/{dashboard_id}", { params: { path: { dashboard_id: dashboard.id } }, body: { name, description, shared, widgets: placed, lock_number: dashboard.lock_number ?? 0 } }), {
    touches: [["dashboard", dashboard.id], ["dashboards"]], says: "The dashboard is kept.", done: onDone,
  });
  const drawn = placed.map((widget, at) => ({ title: widget.title, x: widget.x, y: widget.y, width: widget.width ?? 6, height: widget.height ?? 4, answer: answers[at]?.data ?? null, problem: answers[at]?.error?.message ?? "Asking …" }));
  const tools = (at: number) => (
    <Acts label={`Change ${widgets[at]?.title ?? ""}`} acts={[
      { label: "Edit", icon: <Pencil size={15} aria-hidden />, run: () => setEdited(at) },
      at > 0 && { label: "Move before", icon: <ArrowLeft size={15} aria-hidden />, run: () => setWidgets(moved(widgets, at, at - 1)) },
      at < widgets.length - 1 && { label: "Move after", icon: <ArrowRight size={15} aria-hidden />, run: () => setWidgets(moved(widgets, at, at + 1)) },
      widgets.length > 1 && { label: "Remove", danger: true, icon: <Trash2 size={15} aria-hidden />, run: () => setWidgets(widgets.filter((_, each) => each !== at)) },
    ]} />
  );
  return (
    <>
      <Form className="card panel" onSubmit={() => keep.mutate()} label="Dashboard">
        <div className="columns">
          <TextField label="Name" value={name} onChange={setName} required maxLength={200} />
          <TextField label="Description" value={description} onChange={setDescription} maxLength={2000} />
        </div>
        <Switch label="Shared with the workspace" checked={shared} onChange={setShared} />
        <Complaint error={keep.error} />
        <footer>
          <button type="button" className="button" disabled={widgets.length >= 24} onClick={() => { setWidgets([...widgets, { title: "New chart", query: { ...BLANK, grain: "day", chart: "line" }, x: 0, y: 0, width: 6, height: 5 }]); setEdited(widgets.length); }}><Plus size={15} aria-hidden /> Add a chart</button>
          <span style={{ flex: 1 }} />
          <button type="button" className="button" onClick={onDone}>Cancel</button>
          <button className="button primary" disabled={keep.isPending}>Save</button>
        </footer>
      </Form>
      <Widgets widgets={drawn} tools={tools} />
      {edited !== null && widgets[edited] !== undefined && (
        <Dialog title="Chart" open onClose={() => setEdited(null)} wide>
          <WidgetFields widget={widgets[edited]} onChange={(widget) => setWidgets(widgets.map((each, at) => (at === edited ? widget : each)))} />
          <footer><button type="button" className="button primary" onClick={() => setEdited(null)}>Done</button></footer>
        </Dialog>
      )}
    </>
  );
}

function WidgetFields({ widget, onChange }: { widget: Widget; onChange: (widget: Widget) => void }) {
  return (
    <>
      <div className="columns">
        <TextField label="Title" value={widget.title} required maxLength={200} onChange={(title) => onChange({ ...widget, title })} />
        <SelectField label="Width" value={String(widget.width ?? 6)} options={WIDTHS} onChange={(width) => onChange({ ...widget, width: Number(width) })} />
        <SelectField label="Height" value={String(widget.height ?? 4)} options={HEIGHTS} onChange={(height) => onChange({ ...widget, height: Number(height) })} />
      </div>
      <QueryEditor query={widget.query} onChange={(query) => onChange({ ...widget, query })} />
    </>
  );
}
