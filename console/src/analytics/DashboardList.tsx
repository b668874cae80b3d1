/** Dashboards: the ready ones, and those that people made. */

import { Link, useNavigate } from "@tanstack/react-router";
import { ChartNoAxesCombined, Plus } from "lucide-react";
import { useState } from "react";

import { BLANK } from "./query";
import { useCan } from "../api/account";
import { api, type Schemas } from "../api/client";
import { useAct, useLoad } from "../api/use";
import { Form, Switch, TextField } from "../ui/forms";
import { Await, Empty, Page, Section } from "../ui/page";
import { Complaint, Dialog, Moment } from "../ui/parts";

type Dashboard = Schemas["Dashboard"];

/** What a new dashboard begins with. */
const FIRST: Schemas["Widget"] = {
  title: "Executions by day", x: 0, y: 0, width: 12, height: 5,
  query: { ...BLANK, grain: "day", chart: "bar" },
};

export function DashboardList() {
  const can = useCan();
  const [making, setMaking] = useState(false);
  const found = useLoad(["dashboards"], () => api.GET("/v1/dashboards"));
  const create = can("reports:write") && <button type="button" className="button primary" onClick={() => setMaking(true)}><Plus size={16} aria-hidden /> New dashboard</button>;
  return (
    <Page title="Dashboards" lead="What ran, how well, how fast, and what it was worth." actions={create}>
      <Await query={found} shape="cards">
        {(dashboards) => {
          const own = dashboards.filter(({ ready }) => ready !== true);
          return (
            <>
              <Cards dashboards={dashboards.filter(({ ready }) => ready === true)} />
              <Section title="Made here">
                {own.length === 0 ? <Empty icon={ChartNoAxesCombined} title="None yet">Copy a ready dashboard, or begin one and put reports on it.</Empty> : <Cards dashboards={own} />}
              </Section>
            </>
          );
        }}
      </Await>
      <NewDashboard open={making} onClose={() => setMaking(false)} />
    </Page>
  );
}

const Cards = ({ dashboards }: { dashboards: readonly Dashboard[] }) => (
  <div className="cards">
    {dashboards.map(({ id, name, description, widgets, shared, ready, updated_at: at }) => (
      <Link key={id} to="/dashboards/$dashboardId" params={{ dashboardId: id }} className="card tile">
        <span className="emblem"><ChartNoAxesCombined size={18} aria-hidden /></span>
        <h2>{name}</h2>
        <p className="muted clamp">{description}</p>
        <span className="foot chips"><span className="chip">{widgets.length} {widgets.length === 1 ? "chart" : "charts"}</span>{ready !== true && <span className="chip">{shared === true ? "shared" : "private"}</span>}{at != null && <small className="muted"><Moment at={at} /></small>}</span>
      </Link>
    ))}
  </div>
);

function NewDashboard({ open, onClose }: { open: boolean; onClose: () => void }) {
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [shared, setShared] = useState(true);
  const make = useAct(() => api.POST("/v1/dashboards", { body: { name, description, shared, widgets: [FIRST] } }), {
    touches: [["dashboards"]], done: ({ id }) => navigate({ to: "/dashboards/$dashboardId", params: { dashboardId: id } }),
  });
  return (
    <Dialog title="New dashboard" open={open} onClose={onClose}>
      <Form onSubmit={() => make.mutate()}>
        <TextField label="Name" value={name} onChange={setName} required maxLength={200} />
        <TextField label="Description" value={description} onChange={setDescription} maxLength={2000} />
        <Switch label="Shared with the workspace" checked={shared} onChange={setShared} />
        <Complaint error={make.error} />
        <footer><button type="button" className="button" onClick={onClose}>Cancel</button><button className="button primary" disabled={make.isPending}>Create</button></footer>
      </Form>
    </Dialog>
  );
}
