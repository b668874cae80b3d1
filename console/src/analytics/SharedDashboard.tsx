/** What the link to a dashboard shows, to people who are not signed in. */

import { useState } from "react";

import { api } from "../api/client";
import { useLoad } from "../api/use";
import { Await } from "../ui/page";
import { Widgets, type DashboardData } from "./Widgets";

export function SharedDashboard() {
  const [token] = useState(() => location.hash.slice(1));
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const found = useLoad(["shared", token], () => api.GET("/shared/dashboards/{token}", { params: { path: { token }, query: { time_zone: zone, locale: navigator.language } } }), { every: 30_000 });
  return (
    <main className="page">
      <div className="inner wide">
        <div className="brand"><img src="/icon.svg" alt="" /> Statewright</div>
        <Await query={found} shape="cards">
          {(data) => {
            const { name, description, widgets } = data as unknown as DashboardData;
            return <><div><h1>{name}</h1><p className="muted">{description}</p></div><Widgets widgets={widgets} /></>;
          }}
        </Await>
      </div>
    </main>
  );
}
