/** Links that show a dashboard to whoever has them, until they end or are revoked. */

import { useState } from "react";

import { api } from "../api/client";
import { useAct, useLoad } from "../api/use";
import { Copyable } from "../ui/extras";
import { Form, SelectField } from "../ui/forms";
import { Await } from "../ui/page";
import { Complaint, Dialog, Moment } from "../ui/parts";

const DAYS = [{ value: "1", label: "a day" }, { value: "7", label: "a week" }, { value: "30", label: "30 days" }, { value: "90", label: "90 days" }];

/** The address of the page that draws what a link shows. */
const pageOf = (url: string): string => `${location.origin}/view#${url.split("/").at(-1) ?? ""}`;

export function Links({ dashboardId, open, onClose }: { dashboardId: string; open: boolean; onClose: () => void }) {
  const [days, setDays] = useState("30");
  const path = { path: { dashboard_id: dashboardId } };
  const found = useLoad(["dashboard", dashboardId, "links"], () => api.GET("/v1/dashboards/{dashboard_id}/links", { params: path }), { enabled: open });
  const make = useAct(() => api.POST("/v1/dashboards/{dashboard_id}/links", { params: path, body: { days: Number(days) } }), { touches: [["dashboard", dashboardId, "links"]] });
  const revoke = useAct((id: string) => api.DELETE("/v1/dashboards/{dashboard_id}/links/{link_id}", { params: { path: { dashboard_id: dashboardId, link_id: id } } }), { touches: [["dashboard", dashboardId, "links"]], says: "The link is revoked." });
  return (
    <Dialog title="Share by a link" open={open} onClose={onClose}>
      <p className="muted">Whoever has the link sees this dashboard's figures, without signing in, and nothing else.</p>
      <Form className="share" onSubmit={() => make.mutate()}>
        <SelectField label="Works for" value={days} options={DAYS} onChange={setDays} />
        <span /><button className="button primary" disabled={make.isPending}>Make a link</button>
      </Form>
      <Complaint error={make.error ?? revoke.error} />
      {make.data?.url != null && <div className="field"><span>Copy it now: it is not shown again</span><Copyable label="Link" text={pageOf(make.data.url)} secret /></div>}
      <Await query={found} shape="text">
        {(links) => links.length === 0 ? <p className="muted">No link yet.</p> : (
          <div className="inset"><table className="table dense"><tbody>
            {links.map((link) => (
              <tr key={link.id}>
                <td>Made <Moment at={link.created_at} /></td>
                <td className="muted">{link.revoked_at !== null ? "revoked" : <>ends <Moment at={link.expires_at} /></>}</td>
                <td className="row-acts">{link.revoked_at === null && <button type="button" className="button quiet small-button" onClick={() => revoke.mutate(link.id)}>Revoke</button>}</td>
              </tr>
            ))}
          </tbody></table></div>
        )}
      </Await>
    </Dialog>
  );
}
