/** One connector: its operations, how it signs in, and importing it anew. */

import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { FileUp, Plug, Trash2 } from "lucide-react";
import { useDeferredValue, useState } from "react";

import { useCan } from "../api/account";
import { api, type Schemas } from "../api/client";
import { useAct, useLoad } from "../api/use";
import { Confirm, Facts } from "../ui/extras";
import { Await, Page } from "../ui/page";
import { Moment } from "../ui/parts";
import { kindOf } from "../connections/kinds";
import { ImportDialog } from "./ImportDialog";
import { OperationTable } from "./Operations";

type Connector = Schemas["Connector"];

export function ConnectorPage() {
  const { connector } = useParams({ from: "/inside/connectors/$connector" });
  const can = useCan();
  const navigate = useNavigate();
  const [dialog, setDialog] = useState<"import" | "delete" | null>(null);
  const found = useLoad(["connector", connector], () => api.GET("/v1/connectors/{connector}", { params: { path: { connector } } }));
  const remove = useAct(() => api.DELETE("/v1/connectors/{connector}", { params: { path: { connector } } }), { touches: [["connectors"]], says: "The connector is deleted.", done: () => navigate({ to: "/connectors" }) });
  const own = found.data !== undefined && found.data.kind !== "ready" && can("connectors:write");
  return (
    <Page title={found.data?.title ?? "Connector"} lead={found.data?.description} back={{ to: "/connectors", label: "Connectors" }}
      actions={own && (
        <>
          <button type="button" className="button" onClick={() => setDialog("import")}><FileUp size={15} aria-hidden /> Import again</button>
          <button type="button" className="button danger" onClick={() => setDialog("delete")}><Trash2 size={15} aria-hidden /> Delete</button>
        </>
      )}>
      <Await query={found} shape="text">{(shown) => <Detail connector={shown} />}</Await>
      {found.data !== undefined && <ImportDialog again={{ name: connector, source: found.data.source }} open={dialog === "import"} onClose={() => setDialog(null)} onDone={() => setDialog(null)} />}
      <Confirm title={`Delete ${connector}?`} action="Delete" open={dialog === "delete"} pending={remove.isPending} error={remove.error} onClose={() => setDialog(null)} onConfirm={() => remove.mutate()}>Steps that use its operations fail from then on.</Confirm>
    </Page>
  );
}

function Detail({ connector }: { connector: Connector }) {
  const can = useCan();
  const [words, setWords] = useState("");
  const q = useDeferredValue(words.trim());
  const schemes = Object.entries(connector.security ?? {});
  return (
    <div className="split">
      <div className="stack">
        <div className="tools"><input type="search" aria-label="Search operations" placeholder={`Search ${connector.operations} operations`} value={words} onChange={(event) => setWords(event.target.value)} /></div>
        <OperationTable q={q} connector={connector.name} />
      </div>
      <aside className="stack">
        <section className="card panel" aria-label="About">
          <Facts facts={[
            ["Name", <code>{connector.name}</code>],
            ["Version", connector.version || "–"],
            connector.server !== "" && ["Server", connector.server],
            ["Operations", connector.total === connector.operations ? connector.operations : `${connector.operations} of ${connector.total}`],
            connector.source !== "" && ["From", connector.source],
            connector.updated_at != null && ["Imported", <Moment at={connector.updated_at} />],
          ]} />
        </section>
        {can("connections:write") && schemes.length > 0 && (
          <section className="card panel" aria-label="Signing in">
            <h2>Signing in</h2>
            {schemes.map(([name, scheme]) => {
              const kind = kindOf(String(scheme["kind"]));
              return kind === undefined ? <p key={name} className="muted small">{name}: not supported</p> : (
                <Link key={name} to="/connections" search={{ add: kind.kind, from: `${connector.name}:${name}` }} className="button"><Plug size={15} aria-hidden /> Connect by {kind.title}</Link>
              );
            })}
          </section>
        )}
        {(connector.problems ?? []).length > 0 && (
          <details className="card panel"><summary>{connector.problems?.length} problems of the description</summary><ul className="small">{connector.problems?.slice(0, 50).map((problem, at) => <li key={at}><code>{problem.place}</code> {problem.detail}</li>)}</ul></details>
        )}
      </aside>
    </div>
  );
}
