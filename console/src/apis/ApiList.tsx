/** Workflows that are published as APIs: every route, how it is called, and earlier versions' end. */

import { Link } from "@tanstack/react-router";
import { Braces, ExternalLink, FileJson2 } from "lucide-react";
import { useState } from "react";

import { useCan } from "../api/account";
import { api, type Schemas } from "../api/client";
import { useAct, useLoad } from "../api/use";
import { inside } from "../app/address";
import { Confirm, Copyable } from "../ui/extras";
import { Await, Empty, Page } from "../ui/page";
import { Moment } from "../ui/parts";
import { CallDialog } from "./CallDialog";

type Route = Schemas["ApiRoute"];

const ACCESS: Record<Route["access"], string> = { key: "an API key", jwt: "a token of an issuer", public: "everybody" };

export function ApiList() {
  const found = useLoad(["apis"], () => api.GET("/v1/apis"));
  return (
    <Page title="APIs" lead="Workflows that other programs call, each with a route of its own." actions={found.data !== undefined && found.data.items.length > 0 && <Documents apis={found.data} />}>
      <Await query={found}>
        {(apis) => apis.items.length === 0 ? <Nothing /> : (
          <>
            <div className="field"><span>Base address</span><Copyable label="Base address" text={apis.url} /></div>
            <Routes apis={apis} />
          </>
        )}
      </Await>
    </Page>
  );
}

const Nothing = () => (
  <Empty icon={Braces} title="No workflow is an API yet" actions={<Link to="/workflows" className="button primary">To the workflows</Link>}>
    Open a workflow, choose “Add a trigger” and then “API”: once it is published, its route appears here with a description and examples.
  </Empty>
);

const Documents = ({ apis }: { apis: Schemas["Apis"] }) => (
  <>
    <a className="button" href={inside(apis.document) ?? apis.document} target="_blank" rel="noreferrer"><FileJson2 size={15} aria-hidden /> OpenAPI</a>
    <a className="button primary" href={inside(apis.page) ?? apis.page} target="_blank" rel="noreferrer"><ExternalLink size={15} aria-hidden /> Reference</a>
  </>
);

function Routes({ apis }: { apis: Schemas["Apis"] }) {
  const may = useCan()("workflows:write");
  const [open, setOpen] = useState<Route | null>(null);
  const [ending, setEnding] = useState<Route | null>(null);
  const retire = useAct(({ workflow_id, version }: Route) => api.DELETE("/v1/workflows/{workflow_id}/apis/{version}", { params: { path: { workflow_id, version } } }), { touches: [["apis"]], says: "The version is retired.", done: () => setEnding(null) });
  return (
    <>
      <div className="card scroll">
        <table className="table">
          <thead><tr><th>Route</th><th>State</th><th className="extra">Open to</th><th className="extra">Workflow</th><th><span className="visually-hidden">Actions</span></th></tr></thead>
          <tbody>
            {apis.items.map((route) => (
              <tr key={route.method + route.url}>
                <td><button type="button" className="linkish strong mono wrap" onClick={() => setOpen(route)}><b className="method">{route.method}</b> {route.url.slice(apis.url.length)}</button></td>
                <td>{route.left_at !== null ? <span className="chip warn">earlier</span> : <span className={`chip ${route.state === "on" ? "good" : "warn"}`}>{route.state}</span>}{route.left_at !== null && <span className="sub">left <Moment at={route.left_at} /></span>}</td>
                <td className="muted extra">{ACCESS[route.access]}</td>
                <td className="extra"><Link to="/workflows/$workflowId" params={{ workflowId: route.workflow_id }}>{route.workflow}</Link></td>
                <td className="row-acts">{may && route.left_at !== null ? <button type="button" className="button quiet small-button" onClick={() => setEnding(route)}>Retire</button> : <button type="button" className="button quiet small-button" onClick={() => setOpen(route)}>Call it</button>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {open !== null && <CallDialog route={open} base={apis.url} onClose={() => setOpen(null)} />}
      <Confirm title={`Retire ${ending?.version ?? ""} of ${ending?.workflow ?? ""}?`} action="Retire" open={ending !== null} pending={retire.isPending} error={retire.error} onClose={() => setEnding(null)} onConfirm={() => ending !== null && retire.mutate(ending)}>Whoever still calls it is refused from then on.</Confirm>
    </>
  );
}
