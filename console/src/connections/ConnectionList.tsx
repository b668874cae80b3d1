/** What the workspace signs in to other systems with. */

import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Plug, Plus } from "lucide-react";

import { useCan } from "../api/account";
import { api, type Schemas } from "../api/client";
import { useLoad } from "../api/use";
import { Await, Empty, Page } from "../ui/page";
import { Moment } from "../ui/parts";
import { kindOf } from "./kinds";
import { NewConnection } from "./NewConnection";

type Connection = Schemas["Connection"];

const STATES: Record<Connection["state"], readonly [string, string]> = {
  works: ["good", "works"], fails: ["bad", "fails"], untested: ["", "not tested"], unauthorized: ["warn", "needs consent"],
};

export const ConnectionState = ({ connection }: { connection: Pick<Connection, "state" | "state_detail"> }) => {
  const [tone, label] = STATES[connection.state];
  return <span className={`chip ${tone}`} title={connection.state_detail}>{label}</span>;
};

export function ConnectionList() {
  const can = useCan();
  const navigate = useNavigate();
  const { add, from } = useSearch({ from: "/inside/connections" });
  const adding = (kind: string | null): void => void navigate({ to: "/connections", search: kind === null ? {} : { add: kind }, replace: true });
  const found = useLoad(["connections"], () => api.GET("/v1/connections"));
  const create = can("connections:write") && <button type="button" className="button primary" onClick={() => adding("")}><Plus size={16} aria-hidden /> New connection</button>;
  return (
    <Page title="Connections" lead="Credentials are encrypted, sent only to their own site, and never shown again." actions={create}>
      <Await query={found}>
        {(connections) => connections.length === 0 ? (
          <Empty icon={Plug} title="No connection yet" actions={create}>Steps that call other systems sign in with a connection: a key, OAuth, a database, a language model.</Empty>
        ) : <List connections={connections} />}
      </Await>
      <NewConnection kind={can("connections:write") ? (add ?? null) : null} {...(from === undefined ? {} : { from })} onKind={adding} onDone={({ id }) => void navigate({ to: "/connections/$connectionId", params: { connectionId: id } })} />
    </Page>
  );
}

const List = ({ connections }: { connections: readonly Connection[] }) => (
  <div className="card scroll">
    <table className="table">
      <thead><tr><th>Connection</th><th className="extra">Kind</th><th>State</th><th className="extra">Shared</th><th className="extra">Expires</th><th className="extra">Changed</th></tr></thead>
      <tbody>
        {connections.map((connection) => {
          const kind = kindOf(connection.kind);
          const Icon = kind?.icon ?? Plug;
          return (
            <tr key={connection.id}>
              <td><span className="person"><Icon size={17} aria-hidden className="muted" /><span><Link className="strong" to="/connections/$connectionId" params={{ connectionId: connection.id }}>{connection.title}</Link><span className="sub mono">{connection.name}</span></span></span></td>
              <td className="muted extra">{kind?.title ?? connection.kind}</td>
              <td><ConnectionState connection={connection} /></td>
              <td className="muted extra">{connection.restricted ? "restricted" : "everybody"}</td>
              <td className="muted extra">{connection.expires_at === null ? "–" : <Moment at={connection.expires_at} />}</td>
              <td className="muted extra"><Moment at={connection.updated_at} /></td>
            </tr>
          );
        })}
      </tbody>
    </table>
  </div>
);
