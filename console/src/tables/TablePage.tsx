/** One table: its rows, found by a column, added, changed and deleted; columns that are added. */

import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { ArrowDown, ArrowUp, Columns3, FileUp, Plus, Rows3, Trash2 } from "lucide-react";
import { useState } from "react";

import { useCan } from "../api/account";
import { api, ok, type Schemas } from "../api/client";
import { useAct, useLoad } from "../api/use";
import { Acts, Confirm } from "../ui/extras";
import { Form } from "../ui/forms";
import { Await, Empty, Page, Skeleton } from "../ui/page";
import { Complaint, Dialog } from "../ui/parts";
import { ColumnsField, columnsOf, FIRST_COLUMNS } from "./ColumnsField";
import { ImportDialog } from "./ImportDialog";
import { RowDialog } from "./RowDialog";
import type { Table } from "./TableList";
import { columnsInOrder, shown } from "./values";

type Row = Schemas["IntegrationsRow"];

interface Order {
  column: string;
  descending: boolean;
}

export function TablePage() {
  const { table } = useParams({ from: "/inside/tables/$table" });
  const found = useLoad(["tables", table], () => api.GET("/v1/tables/{table}", { params: { path: { table } } }));
  return (
    <Page title={table} size="wide" back={{ to: "/tables", label: "Tables" }} badge={found.data !== undefined && <span className="chip">{found.data.rows.toLocaleString()} rows</span>} actions={found.data !== undefined && <Actions table={found.data} />}>
      <Await query={found}>{(known) => <Rows table={known} />}</Await>
    </Page>
  );
}

function Actions({ table }: { table: Table }) {
  const may = useCan()("tables:write");
  const navigate = useNavigate();
  const { import: file } = useSearch({ from: "/inside/tables/$table" });
  const [dialog, setDialog] = useState<"row" | "import" | "columns" | "delete" | null>(file === undefined ? null : "import");
  const remove = useAct(() => api.DELETE("/v1/tables/{table}", { params: { path: { table: table.name } } }), { touches: [["tables"]], says: `${table.name} is deleted.`, done: () => navigate({ to: "/tables" }) });
  if (!may) return null;
  const close = (): void => {
    setDialog(null);
    if (file !== undefined) void navigate({ to: "/tables/$table", params: { table: table.name }, search: {}, replace: true });
  };
  return (
    <>
      <button type="button" className="button primary" onClick={() => setDialog("row")}><Plus size={16} aria-hidden /> New row</button>
      <button type="button" className="button" onClick={() => setDialog("import")}><FileUp size={16} aria-hidden /> Import</button>
      <Acts label="More" acts={[
        { label: "Add columns", icon: <Columns3 size={15} aria-hidden />, run: () => setDialog("columns") },
        { label: "Delete the table", danger: true, icon: <Trash2 size={15} aria-hidden />, run: () => setDialog("delete") },
      ]} />
      {dialog === "row" && <RowDialog table={table} row={null} onClose={close} />}
      {dialog === "import" && <ImportDialog table={table} file={file} onClose={close} />}
      {dialog === "columns" && <MoreColumns table={table} onClose={close} />}
      <Confirm title={`Delete ${table.name}?`} action="Delete" open={dialog === "delete"} pending={remove.isPending} error={remove.error} onClose={close} onConfirm={() => remove.mutate()}>Its {table.rows.toLocaleString()} rows go with it. Workflows that use it fail from then on.</Confirm>
    </>
  );
}

function MoreColumns({ table, onClose }: { table: Table; onClose: () => void }) {
  const [columns, setColumns] = useState(FIRST_COLUMNS.slice(1));
  const add = useAct(() => api.PATCH("/v1/tables/{table}", { params: { path: { table: table.name } }, body: { add: columnsOf(columns) } }), { touches: [["tables"]], says: "The columns are there.", done: onClose });
  return (
    <Dialog title="Add columns" open onClose={onClose} wide>
      <Form onSubmit={() => add.mutate()}>
        <ColumnsField columns={columns} onChange={setColumns} />
        <Complaint error={add.error} />
        <footer><button type="button" className="button" onClick={onClose}>Cancel</button><button className="button primary" disabled={Object.keys(columnsOf(columns)).length === 0 || add.isPending}>Add</button></footer>
      </Form>
    </Dialog>
  );
}

function Rows({ table }: { table: Table }) {
  const columns = columnsInOrder(table);
  const texts = columns.filter(([, { type }]) => type === "text").map(([name]) => name);
  const [column, setColumn] = useState(texts[0] ?? "");
  const [words, setWords] = useState("");
  const [order, setOrder] = useState<Order | null>(null);
  const [open, setOpen] = useState<Row | null>(null);
  const where = words.trim() === "" || column === "" ? "[]" : JSON.stringify([{ column, op: "contains", value: words.trim() }]);
  const found = useInfiniteQuery({
    queryKey: ["tables", table.name, "rows", where, order],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) => ok(api.GET("/v1/tables/{table}/rows", { params: { path: { table: table.name }, query: { where, limit: 100, ...(order === null ? {} : { order_by: order.column, descending: order.descending }), ...(pageParam === null ? {} : { cursor: pageParam }) } } })),
    getNextPageParam: (page) => page.next,
    placeholderData: (before) => before,
  });
  const rows = found.data?.pages.flatMap((page) => page.items) ?? [];
  const sort = (name: string): void => setOrder(order?.column !== name ? { column: name, descending: false } : order.descending ? null : { column: name, descending: true });
  return (
    <>
      {texts.length > 0 && (
        <div className="tools">
          <select aria-label="Column" value={column} onChange={(event) => setColumn(event.target.value)}>{texts.map((name) => <option key={name}>{name}</option>)}</select>
          <input type="search" aria-label="Find rows" placeholder={`Find in ${column}`} value={words} onChange={(event) => setWords(event.target.value)} />
        </div>
      )}
      <Complaint error={found.error} />
      {found.isPending ? <Skeleton /> : rows.length === 0 ? <Empty icon={Rows3} title={words === "" ? "No row yet" : "Nothing found"}>{words === "" ? "Workflows put rows in, and so can you." : "Try other words."}</Empty> : (
        <div className="card scroll">
          <table className="table grid-table">
            <thead><tr>{columns.map(([name, { type }]) => <th key={name} className={type === "number" ? "right" : ""} aria-sort={order?.column !== name ? "none" : order.descending ? "descending" : "ascending"}><button type="button" className="linkish" onClick={() => sort(name)}>{name}{order?.column === name && (order.descending ? <ArrowDown size={12} aria-hidden /> : <ArrowUp size={12} aria-hidden />)}</button></th>)}<th><span className="visually-hidden">Actions</span></th></tr></thead>
            <tbody>{rows.map((row) => <RowLine key={row.id} table={table} row={row} onOpen={() => setOpen(row)} />)}</tbody>
          </table>
        </div>
      )}
      {found.hasNextPage && <button type="button" className="button" onClick={() => void found.fetchNextPage()}>Show more</button>}
      {open !== null && <RowDialog table={table} row={open} onClose={() => setOpen(null)} />}
    </>
  );
}

function RowLine({ table, row, onOpen }: { table: Table; row: Row; onOpen: () => void }) {
  const may = useCan()("tables:write");
  return (
    <tr>
      {columnsInOrder(table).map(([name, { type }]) => <td key={name} className={type === "number" ? "right numbers" : type === "json" ? "mono cut" : "cut"}>{shown(row.values[name], type)}</td>)}
      <td className="row-acts"><button type="button" className="button quiet small-button" onClick={onOpen}>{may ? "Change" : "Show"}</button></td>
    </tr>
  );
}
