/** The workspace's tables: rows that workflows read and write. */

import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Plus, Table2 } from "lucide-react";
import { useState } from "react";

import { useCan } from "../api/account";
import { api, type Schemas } from "../api/client";
import { useAct, useLoad } from "../api/use";
import { Form, TextField } from "../ui/forms";
import { Await, Empty, Page } from "../ui/page";
import { Complaint, Dialog, Moment } from "../ui/parts";
import { ColumnsField, columnsOf, FIRST_COLUMNS, keyOf } from "./ColumnsField";

export type Table = Schemas["IntegrationsTable"];

export function TableList() {
  const can = useCan();
  const { import: file } = useSearch({ from: "/inside/tables" });
  const [making, setMaking] = useState(false);
  const found = useLoad(["tables"], () => api.GET("/v1/tables"));
  const create = can("tables:write") && <button type="button" className="button primary" onClick={() => setMaking(true)}><Plus size={16} aria-hidden /> New table</button>;
  return (
    <Page title="Tables" lead="Rows that stay between executions: stock, mappings, what was already done." actions={create}>
      {file !== undefined && <p className="banner info wrap">Choose the table that takes the rows of {file}, or make one.</p>}
      <Await query={found}>
        {(tables) => tables.length === 0 ? <Empty icon={Table2} title="No table yet" actions={create}>Steps find, insert and change rows with <code>table.find</code>, <code>table.upsert</code> and their like.</Empty> : (
          <div className="card scroll">
            <table className="table">
              <thead><tr><th>Table</th><th className="right">Rows</th><th className="extra">Columns</th><th className="extra">Key</th><th className="extra">Changed</th></tr></thead>
              <tbody>
                {tables.map((table) => (
                  <tr key={table.id}>
                    <td><Link className="strong" to="/tables/$table" params={{ table: table.name }} search={file === undefined ? {} : { import: file }}>{table.name}</Link></td>
                    <td className="right numbers">{table.rows.toLocaleString()}</td>
                    <td className="muted extra">{Object.keys(table.columns).join(", ")}</td>
                    <td className="muted extra">{table.key.join(", ") || "–"}</td>
                    <td className="muted extra"><Moment at={table.updated_at} /></td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Await>
      {making && <NewTable file={file} onClose={() => setMaking(false)} />}
    </Page>
  );
}

function NewTable({ file, onClose }: { file: string | undefined; onClose: () => void }) {
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [columns, setColumns] = useState(FIRST_COLUMNS);
  const make = useAct(() => api.POST("/v1/tables", { body: { name, columns: columnsOf(columns), key: keyOf(columns) } }), {
    touches: [["tables"]], done: () => navigate({ to: "/tables/$table", params: { table: name }, search: file === undefined ? {} : { import: file } }),
  });
  return (
    <Dialog title="New table" open onClose={onClose} wide>
      <Form onSubmit={() => make.mutate()}>
        <TextField label="Name" value={name} onChange={setName} required pattern="[a-z][a-z0-9_]*" title="Small letters, digits and _" placeholder="stock" />
        <ColumnsField columns={columns} onChange={setColumns} keyed />
        <Complaint error={make.error} />
        <footer><button type="button" className="button" onClick={onClose}>Cancel</button><button className="button primary" disabled={Object.keys(columnsOf(columns)).length === 0 || make.isPending}>Create</button></footer>
      </Form>
    </Dialog>
  );
}
