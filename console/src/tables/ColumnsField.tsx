/** The columns of a table, while they are decided on. */

import { Plus, X } from "lucide-react";

import type { Schemas } from "../api/client";

export type ColumnType = Schemas["IntegrationsColumn"]["type"];

export interface Draft {
  name: string;
  type: ColumnType;
  required: boolean;
  key: boolean;
}

export const TYPES: Record<ColumnType, string> = { text: "Text", number: "Number", boolean: "Yes or no", date: "Day", datetime: "Moment", json: "JSON" };
const BLANK: Draft = { name: "", type: "text", required: false, key: false };
export const FIRST_COLUMNS: readonly Draft[] = [{ name: "id", type: "text", required: true, key: true }, { ...BLANK }];

/** The columns as the API takes them: those that have a name. */
export const columnsOf = (drafts: readonly Draft[]): Record<string, Schemas["IntegrationsColumn"]> =>
  Object.fromEntries(drafts.filter(({ name }) => name !== "").map(({ name, type, required, key }) => [name, { type, required: required || key }]));

export const keyOf = (drafts: readonly Draft[]): string[] => drafts.filter(({ name, key }) => key && name !== "").map(({ name }) => name);

export function ColumnsField({ columns, onChange, keyed = false }: { columns: readonly Draft[]; onChange: (columns: Draft[]) => void; keyed?: boolean }) {
  const put = (at: number, change: Partial<Draft>): void => onChange(columns.map((each, index) => (index === at ? { ...each, ...change } : each)));
  return (
    <fieldset className="field columns-field">
      <legend>Columns</legend>
      {columns.map((column, at) => (
        <div key={at} className="column-row">
          <input aria-label={`Column ${at + 1}`} placeholder="name" pattern="[a-z][a-z0-9_]*" title="Small letters, digits and _" value={column.name} onChange={(event) => put(at, { name: event.target.value })} />
          <select aria-label={`Type of column ${at + 1}`} value={column.type} onChange={(event) => put(at, { type: event.target.value as ColumnType })}>{Object.entries(TYPES).map(([value, label]) => <option key={value} value={value}>{label}</option>)}</select>
          <label className="tick"><input type="checkbox" checked={column.required || column.key} disabled={column.key} onChange={(event) => put(at, { required: event.target.checked })} /> needed</label>
          {keyed && <label className="tick"><input type="checkbox" checked={column.key} onChange={(event) => put(at, { key: event.target.checked })} /> key</label>}
          <button type="button" className="button quiet icon" aria-label={`Remove column ${at + 1}`} onClick={() => onChange(columns.filter((_, index) => index !== at))}><X size={15} aria-hidden /></button>
        </div>
      ))}
      <button type="button" className="button small-button add" onClick={() => onChange([...columns, { ...BLANK }])}><Plus size={14} aria-hidden /> Add a column</button>
      {keyed && <small className="muted">Rows are told apart by the key: putting in one that is there changes it.</small>}
    </fieldset>
  );
}
