/** A table's values as people type and read them. */

import type { ColumnType } from "./ColumnsField";

/** How a value is shown in a cell. */
export function shown(value: unknown, type: ColumnType): string {
  if (value === null || value === undefined) return "";
  if (type === "boolean") return value === true ? "yes" : "no";
  if (type === "datetime") return new Date(String(value)).toLocaleString();
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** How a value stands in a field; `read` makes it a value again. */
export function typed(value: unknown, type: ColumnType): string {
  if (value === null || value === undefined) return "";
  return type === "json" ? JSON.stringify(value) : String(value);
}

/** What was typed, as the API takes it: nothing is null.
 *
 * @throws SyntaxError: it is no JSON, or no number. */
export function read(text: string, type: ColumnType): unknown {
  if (text === "") return null;
  if (type === "json") return JSON.parse(text);
  if (type === "boolean") return text === "true";
  if (type !== "number") return text;
  const number = Number(text);
  if (Number.isNaN(number)) throw new SyntaxError(`"${text}" is not a number`);
  return number;
}

/** A table's columns, those of the key first. */
export const columnsInOrder = <C>(table: { columns: Record<string, C>; key: readonly string[] }): [string, C][] =>
  [...table.key, ...Object.keys(table.columns).filter((name) => !table.key.includes(name))].map((name) => [name, table.columns[name]!]);
