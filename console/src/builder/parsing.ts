/** Values as a person types them. */

import type { Json } from "../graph/definition";

/** What a person typed, as a value: JSON where it is some, else text. */
export function parsed(text: string): Json {
  const trimmed = text.trim();
  if (!/^[[{"\d-]|^(true|false|null)$/.test(trimmed)) return text;
  try {
    return JSON.parse(trimmed) as Json;
  } catch {
    return text;
  }
}

/** A value as a person edits it. Texts that read like something else keep their quotes. */
export function shown(value: Json | undefined): string {
  if (value === undefined) return "";
  if (typeof value !== "string") return JSON.stringify(value, null, 2);
  return parsed(value) === value ? value : JSON.stringify(value);
}

/** A value as the text of a plain field; nothing is empty. */
export const plain = (value: Json | undefined): string => (value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value));

/** A choice's options, with the present value where it is none of them: what YAML says is kept. */
export function optionsWith(value: string, known: readonly [string, string][]): [string, string][] {
  return value === "" || known.some(([each]) => each === value) ? [...known] : [...known, [value, value]];
}
