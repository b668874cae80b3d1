/** Operations in a table, and one of them with its inputs and its result. */

import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Workflow } from "lucide-react";
import { useState } from "react";

import { useCan } from "../api/account";
import { api, ok, type Schemas } from "../api/client";
import { useAct, useLoad } from "../api/use";
import { Copyable } from "../ui/extras";
import { Await, Empty, Skeleton } from "../ui/page";
import { Complaint, Dialog } from "../ui/parts";
import type { Schema } from "../ui/schema";

type Operation = Schemas["OperationView"];

const TONES: Record<string, string> = { GET: "good", POST: "accent", PUT: "warn", PATCH: "warn", DELETE: "bad" };

export const Method = ({ method }: { method: string }) => <span className={`chip mono ${TONES[method] ?? ""}`}>{method}</span>;

export function OperationTable({ q, connector }: { q: string; connector?: string }) {
  const [open, setOpen] = useState<Operation | null>(null);
  const found = useInfiniteQuery({
    queryKey: ["operations", connector, q],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) => ok(api.GET("/v1/operations", { params: { query: { limit: 50, ...(q === "" ? {} : { q }), ...(connector === undefined ? {} : { connector }), ...(pageParam === null ? {} : { cursor: pageParam }) } } })),
    getNextPageParam: (page) => page.next,
    placeholderData: (before) => before,
  });
  const items = found.data?.pages.flatMap((page) => page.items) ?? [];
  if (found.isPending) return <Skeleton />;
  return (
    <>
      <Complaint error={found.error} />
      {items.length === 0 ? <Empty icon={Workflow} title="No operation like this">Try other words.</Empty> : (
        <div className="card scroll">
          <table className="table">
            <thead><tr><th>Operation</th><th>Method</th><th className="extra">Path</th></tr></thead>
            <tbody>
              {items.map((item) => (
                <tr key={item.action}>
                  <td><button type="button" className="linkish strong" onClick={() => setOpen(item)}>{item.title}</button><span className="sub mono">{item.action}</span></td>
                  <td><Method method={item.method} />{item.deprecated && <span className="chip warn">deprecated</span>}</td>
                  <td className="muted mono extra wrap">{item.path}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {found.hasNextPage && <button type="button" className="button" onClick={() => void found.fetchNextPage()}>Show more</button>}
      {open !== null && <OperationDialog operation={open} onClose={() => setOpen(null)} />}
    </>
  );
}

function OperationDialog({ operation, onClose }: { operation: Operation; onClose: () => void }) {
  const found = useLoad(["operation", operation.action], () => api.GET("/v1/connectors/{connector}/operations/{operation}", { params: { path: { connector: operation.connector, operation: operation.name } } }));
  return (
    <Dialog title={operation.title} open onClose={onClose} wide>
      <div className="chips"><Method method={operation.method} /><code style={{ overflowWrap: "anywhere" }}>{operation.path}</code></div>
      <Await query={found} shape="text">{(detail) => <Detail detail={detail} />}</Await>
    </Dialog>
  );
}

/** A step that calls an operation, with the inputs that it cannot do without. */
const stepOf = (detail: Schemas["OperationDetail"]) => {
  const inputs = detail.inputs as Schema;
  return { id: detail.name.toLowerCase().replaceAll(/[^a-z0-9_]/g, "_"), use: detail.action, with: Object.fromEntries((inputs.required ?? []).map((name) => [name, sample(inputs.properties?.[name])])) };
};

function sample(schema: Schema | undefined): unknown {
  if (schema?.default !== undefined) return schema.default;
  if (schema?.enum !== undefined) return schema.enum[0];
  switch (schema?.type) {
    case "integer":
    case "number": return schema.minimum ?? 1;
    case "boolean": return false;
    case "array": return [];
    case "object": return Object.fromEntries((schema.required ?? []).map((name) => [name, sample(schema.properties?.[name])]));
    default: return "…";
  }
}

function Detail({ detail }: { detail: Schemas["OperationDetail"] }) {
  const can = useCan();
  const navigate = useNavigate();
  const make = useAct(
    () => api.POST("/v1/workflows", { body: { definition: { name: `${detail.title} (${detail.connector})`.slice(0, 190), triggers: [{ id: "manual", type: "manual" }], steps: [stepOf(detail)] }, tags: [] } }),
    { touches: [["workflows"]], done: ({ id }) => navigate({ to: "/workflows/$workflowId", params: { workflowId: id } }) },
  );
  return (
    <>
      {detail.description !== "" && <p className="clamp-more">{detail.description}</p>}
      <div className="field"><span>In a step</span><Copyable label="Action" text={`use: ${detail.action}`} /></div>
      <Properties title="Inputs" schema={detail.inputs as Schema} />
      <Properties title="Result" schema={detail.result as Schema} />
      <Complaint error={make.error} />
      {can("workflows:write") && <footer><button type="button" className="button primary" disabled={make.isPending} onClick={() => make.mutate()}>Make a workflow with it</button></footer>}
    </>
  );
}

const typeOf = (schema: Schema): string =>
  schema.enum !== undefined ? schema.enum.map(String).join(" | ") : schema.type === "array" ? `list of ${typeOf(schema.items ?? {})}` : [schema.type ?? "anything"].flat().join(" or ");

function Properties({ title, schema }: { title: string; schema: Schema }) {
  const entries = Object.entries(schema.properties ?? schema.items?.properties ?? {});
  return (
    <section aria-label={title} className="stack" style={{ gap: 6 }}>
      <h3>{title}{schema.type === "array" && <span className="muted"> (a list)</span>}</h3>
      {entries.length === 0 ? <p className="muted small">{typeOf(schema)}</p> : (
        <div className="scroll inset" tabIndex={0} role="group" aria-label={title}>
          <table className="table dense"><tbody>
            {entries.map(([name, each]) => (
              <tr key={name}><td><code>{name}</code>{schema.required?.includes(name) === true && <span className="chip accent">required</span>}</td><td className="muted">{typeOf(each)}</td><td className="muted extra">{each.description?.slice(0, 160)}</td></tr>
            ))}
          </tbody></table>
        </div>
      )}
    </section>
  );
}
