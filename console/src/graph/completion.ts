/** What may come next in an expression: names in reach, fields of their sample values, functions. */

import { isFields, type Fields, type Json } from "./definition";
import type { Name } from "./scope";

export interface Option {
  label: string;
  detail: string;
  kind: "name" | "field" | "function";
  /** What is written; the label where nothing else is said. */
  apply?: string;
}

export interface Completion {
  /** How many characters before the cursor the options replace. */
  replaces: number;
  options: Option[];
}

const FUNCTIONS: [string, string][] = [
  ["sum", "numbers → their sum"], ["count", "list → how many"], ["average", "numbers → their mean"], ["max", "numbers"], ["min", "numbers"],
  ["string", "value → text"], ["number", "text → number"], ["boolean", "value → true or false"], ["not", "the contrary"], ["exists", "is there a value?"],
  ["length", "text → how long"], ["substring", "text, start, length"], ["substringBefore", "text, what follows"], ["substringAfter", "text, what comes before"],
  ["uppercase", "text"], ["lowercase", "text"], ["trim", "text without spaces around"], ["contains", "text, what is sought"], ["split", "text, separator"],
  ["join", "texts, separator"], ["replace", "text, what, by what"], ["match", "text, /pattern/"], ["pad", "text, width"],
  ["now", "this moment"], ["millis", "this moment in ms"], ["toMillis", "time → ms"], ["fromMillis", "ms → time"],
  ["map", "list, function"], ["filter", "list, function"], ["reduce", "list, function"], ["sort", "list"], ["reverse", "list"], ["distinct", "list without doubles"], ["append", "two lists"], ["zip", "lists"],
  ["keys", "object → names"], ["lookup", "object, name"], ["merge", "list of objects"], ["each", "object, function"], ["spread", "object"], ["type", "what kind of value"],
  ["round", "number, places"], ["floor", "number"], ["ceil", "number"], ["abs", "number"], ["power", "number, exponent"], ["sqrt", "number"], ["formatNumber", "number, picture"],
  ["base64encode", "text"], ["base64decode", "text"], ["encodeUrlComponent", "text"], ["decodeUrlComponent", "text"],
  ["partition", "list, size"], ["range", "first, last, step"], ["hash", "text, algorithm"], ["random", "0 to 1"], ["uuid", "a new id"], ["parse", "JSON → value"],
];

/** A sample value in a few words. */
export function brief(value: Json | undefined, most = 40): string {
  if (value === undefined) return "";
  if (Array.isArray(value)) return value.length === 1 ? "1 item" : `${value.length} items`;
  if (isFields(value)) return "object";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

const PLAIN = /^[A-Za-z_]\w*$/;
const segment = (key: string): string => (PLAIN.test(key) ? key : `\`${key}\``);

/** The path of a value below a name, as JSONata writes it. */
export const pathOf = (name: string, keys: (string | number)[]): string =>
  keys.reduce<string>((path, key) => (typeof key === "number" ? `${path}[${key}]` : `${path}.${segment(key)}`), `$${name}`);

/** The fields that a value has, or the elements of a list have. */
function fieldsOf(value: Json | undefined): Fields {
  if (isFields(value)) return value;
  if (!Array.isArray(value)) return {};
  return Object.assign({}, ...value.slice(0, 20).map(fieldsOf).toReversed()) as Fields;
}

const PATH = /\$([A-Za-z_]\w*)((?:\[[^\][]*\])?(?:\s*\.\s*(?:[A-Za-z_]\w*|`[^`]*`)(?:\[[^\][]*\])?)*)\s*\.\s*(`?[\w ]*)$/;

/** The completions of what is written of an expression up to the cursor. */
export function complete(written: string, names: Name[], values: Fields): Completion | undefined {
  const path = PATH.exec(written);
  if (path !== null) return ofPath(path, values);
  const name = /\$(\w*)$/.exec(written);
  if (name === null) return undefined;
  const options: Option[] = [
    ...names.map((found): Option => ({ label: `$${found.name}`, detail: brief(values[found.name]) || found.title, kind: "name" })),
    ...FUNCTIONS.map(([label, detail]): Option => ({ label: `$${label}`, detail, kind: "function", apply: `$${label}(` })),
  ];
  return { replaces: name[0].length, options };
}

function ofPath(path: RegExpExecArray, values: Fields): Completion | undefined {
  const keys = (path[2] ?? "").matchAll(/\.\s*(`[^`]*`|[A-Za-z_]\w*)/g);
  let value: Json | undefined = values[path[1]!];
  for (const [, key] of keys) value = fieldsOf(value)[key!.replaceAll("`", "")];
  const options = Object.entries(fieldsOf(value)).map(([key, inner]): Option => ({ label: segment(key), detail: brief(inner), kind: "field" }));
  return options.length === 0 ? undefined : { replaces: path[3]!.length, options };
}
