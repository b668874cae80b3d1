/** Connectors: systems whose operations workflows have as steps. */

import { Link, useNavigate } from "@tanstack/react-router";
import { Blocks, FileUp } from "lucide-react";
import { useDeferredValue, useState } from "react";

import { useCan } from "../api/account";
import { api, type Schemas } from "../api/client";
import { useLoad } from "../api/use";
import { Face } from "../ui/extras";
import { Await, Empty, Page, Section } from "../ui/page";
import { ImportDialog } from "./ImportDialog";
import { OperationTable } from "./Operations";

type Connector = Schemas["Connector"];

export function ConnectorList() {
  const can = useCan();
  const navigate = useNavigate();
  const [importing, setImporting] = useState(false);
  const [words, setWords] = useState("");
  const q = useDeferredValue(words.trim());
  const found = useLoad(["connectors"], () => api.GET("/v1/connectors"));
  const begin = can("connectors:write") && <button type="button" className="button primary" onClick={() => setImporting(true)}><FileUp size={16} aria-hidden /> Import OpenAPI</button>;
  return (
    <Page title="Connectors" lead="Operations of other systems as steps, with checked inputs and a known result." actions={begin}>
      <div className="tools"><input type="search" aria-label="Search operations" placeholder="Search all operations: create invoice, list contacts …" value={words} onChange={(event) => setWords(event.target.value)} /></div>
      {q !== "" ? <OperationTable q={q} /> : (
        <Await query={found} shape="cards">
          {(connectors) => {
            const own = connectors.filter(({ kind }) => kind !== "ready");
            return (
              <>
                <Section title="Yours">
                  {own.length === 0 ? <Empty icon={Blocks} title="Nothing imported yet" actions={begin}>Any API with an OpenAPI or Swagger description becomes steps: give its address or file.</Empty> : <Cards connectors={own} />}
                </Section>
                <Section title="Ready made"><Cards connectors={connectors.filter(({ kind }) => kind === "ready")} /></Section>
              </>
            );
          }}
        </Await>
      )}
      <ImportDialog open={importing} onClose={() => setImporting(false)} onDone={(name) => void navigate({ to: "/connectors/$connector", params: { connector: name } })} />
    </Page>
  );
}

const Cards = ({ connectors }: { connectors: readonly Connector[] }) => (
  <div className="cards">
    {connectors.map(({ name, title, description, operations }) => (
      <Link key={name} to="/connectors/$connector" params={{ connector: name }} className="card tile">
        <span className="person"><Face name={title} size={34} /><h2>{title}</h2></span>
        <p className="muted clamp">{description || name}</p>
        <span className="foot"><span className="chip">{operations} operations</span></span>
      </Link>
    ))}
  </div>
);

