/** Rows of a file on their way into a table: which column is filled from which, and part by part. */

import type { Schemas } from "../api/client";

export const MOST_TOLD = 200;

export type Wrong = Schemas["WrongCell"];

/** What has become of a file's rows so far. */
export interface Progress {
  read: number;
  kept: number;
  wrong: number;
  errors: readonly Wrong[];
  done: boolean;
}

export const NOTHING: Progress = { read: 0, kept: 0, wrong: 0, errors: [], done: false };

/** What has become of some further rows, added. */
export const added = (before: Progress, part: Schemas["Import"]): Progress => ({
  read: before.read + part.read,
  kept: before.kept + part.kept,
  wrong: before.wrong + part.wrong,
  errors: [...before.errors, ...part.errors].slice(0, MOST_TOLD),
  done: part.next === null,
});

const plain = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

/** Which of a file's columns fills each of the table's, as far as their names tell. */
export function matched(columns: readonly string[], found: readonly string[]): Record<string, string> {
  const by = new Map(found.map((name) => [plain(name), name]));
  return Object.fromEntries(columns.flatMap((name) => (by.has(plain(name)) ? [[name, by.get(plain(name))!]] : [])));
}

/** A wrong cell in a sentence. */
export const said = ({ row, column, detail }: Wrong): string => `Row ${row.toLocaleString()}: ${column === null ? "" : `${column} `}${detail}.`;
