/** A row's values, to be seen and changed. */

import { useState } from "react";

import { useCan } from "../api/account";
import { api, type Schemas } from "../api/client";
import { useAct } from "../api/use";
import { Field, Form } from "../ui/forms";
import { Complaint, Dialog } from "../ui/parts";
import { TYPES, type ColumnType } from "./ColumnsField";
import type { Table } from "./TableList";
import { columnsInOrder, read, typed } from "./values";

const INPUTS: Partial<Record<ColumnType, string>> = { date: "date" };

export function RowDialog({ table, row, onClose }: { table: Table; row: Schemas["IntegrationsRow"] | null; onClose: () => void }) {
  const may = useCan()("tables:write");
  const columns = columnsInOrder(table);
  const [texts, setTexts] = useState<Record<string, string>>(() => Object.fromEntries(columns.map(([name, { type }]) => [name, typed(row?.values[name], type)])));
  const [wrong, setWrong] = useState<string | null>(null);
  const path = { table: table.name };
  const touches = [["tables"]];
  const keep = useAct(async (values: Record<string, unknown>) => {
    if (row !== null) return api.PATCH("/v1/tables/{table}/rows/{row_id}", { params: { path: { ...path, row_id: row.id } }, body: { values } });
    return api.POST("/v1/tables/{table}/rows", { params: { path }, body: { rows: [values] } }) as never;
  }, { touches, says: "The row is kept.", done: onClose });
  const remove = useAct(() => api.DELETE("/v1/tables/{table}/rows/{row_id}", { params: { path: { ...path, row_id: row?.id ?? "" } } }), { touches, says: "The row is gone.", done: onClose });
  const submit = (): void => {
    setWrong(null);
    try {
      keep.mutate(Object.fromEntries(columns.map(([name, { type }]) => [name, read(texts[name] ?? "", type)])));
    } catch (error) {
      setWrong(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <Dialog title={row === null ? "New row" : "A row"} open onClose={onClose}>
      <Form onSubmit={submit}>
        {columns.map(([name, { type, required }]) => {
          const common = { value: texts[name] ?? "", disabled: !may, required: required === true && type !== "boolean" };
          const put = (text: string): void => setTexts({ ...texts, [name]: text });
          return (
            <Field key={name} label={name} optional={required !== true} hint={`${TYPES[type]}${table.key.includes(name) ? ", part of the key" : ""}`}>
              {type === "boolean" ? <select {...common} onChange={(event) => put(event.target.value)}><option value="">–</option><option value="true">yes</option><option value="false">no</option></select>
                : type === "json" ? <textarea className="mono" rows={3} {...common} onChange={(event) => put(event.target.value)} />
                  : <input type={INPUTS[type] ?? "text"} inputMode={type === "number" ? "decimal" : "text"} placeholder={type === "datetime" ? "2026-11-23T09:00:00Z" : ""} {...common} onChange={(event) => put(event.target.value)} />}
            </Field>
          );
        })}
        {wrong !== null && <p className="complaint" role="alert">{wrong}</p>}
        <Complaint error={keep.error ?? remove.error} />
        {may && (
          <footer>
            {row !== null && <><button type="button" className="button danger" disabled={remove.isPending} onClick={() => remove.mutate()}>Delete</button><span style={{ flex: 1 }} /></>}
            <button type="button" className="button" onClick={onClose}>Cancel</button><button className="button primary" disabled={keep.isPending}>Save</button>
          </footer>
        )}
      </Form>
    </Dialog>
  );
}
