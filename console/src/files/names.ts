/** Names of files: their folders, and sizes as people say them. */

export interface Crumb {
  name: string;
  /** What the names of all that lies there begin with. */
  folder: string;
}

/** The way to a folder, from above. A folder ends with a slash; "" is the top. */
export function crumbs(folder: string): Crumb[] {
  const parts = folder.split("/").filter((part) => part !== "");
  return parts.map((name, at) => ({ name, folder: `${parts.slice(0, at + 1).join("/")}/` }));
}

/** A file's name without its folders. */
export const short = (name: string): string => name.slice(name.lastIndexOf("/") + 1);

/** A folder as people type it, as the beginning of names. */
export const asFolder = (text: string): string => crumbs(text.split("/").map((part) => part.trim()).join("/")).at(-1)?.folder ?? "";

const UNITS = ["bytes", "kB", "MB", "GB", "TB"];

/** So many bytes, in the unit that fits. */
export function size(bytes: number): string {
  const step = bytes < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  return `${step === 0 || value >= 100 ? Math.round(value) : value.toFixed(1).replace(/\.0$/, "")} ${UNITS[step]}`;
}

/** Rows of these can be taken into tables. */
export const hasRows = (name: string): boolean => /\.(csv|tsv|xlsx|xlsm|json|jsonl|ndjson)$/i.test(name);

/** Whether a browser shows it as an image; SVG is not shown, as it may hold scripts. */
export const isImage = (type: string): boolean => /^image\/(png|jpeg|gif|webp|avif|bmp)$/.test(type);
