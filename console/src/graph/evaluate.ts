/** Expressions evaluated in the browser, as Step Functions evaluates them: JSONata with its functions, within bounds. */

import { isFields, type Fields, type Json } from "./definition";
import { hasExpression, piecesOf, wholeExpression } from "./template";

export type Outcome = { value: Json | undefined } | { problem: string };

const BOUNDS = { timeout: 300, stack: 200, sequence: 100_000 };

const hex = (bytes: ArrayBuffer): string => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const DIGESTS: Record<string, string> = { "SHA-1": "SHA-1", "SHA-256": "SHA-256", "SHA-384": "SHA-384", "SHA-512": "SHA-512" };

/** The functions that Step Functions adds. */
const ADDED: Record<string, (...given: never[]) => unknown> = {
  partition: (items: Json[], size: number) => Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size)),
  range: (first: number, last: number, step: number) => Array.from({ length: Math.max(0, Math.floor((last - first) / step) + 1) }, (_, n) => first + n * step),
  hash: async (text: string, digest: string) => {
    const known = DIGESTS[digest];
    if (known === undefined) throw new Error(`There is no ${digest} here.`);
    return hex(await crypto.subtle.digest(known, new TextEncoder().encode(text)));
  },
  random: () => 0.5,
  uuid: () => "00000000-0000-4000-8000-000000000000",
  parse: (text: string) => JSON.parse(text) as Json,
};

/** One expression, without its brackets. `values` are what its names stand for. */
export async function evaluate(source: string, values: Fields): Promise<Outcome> {
  try {
    const { default: jsonata } = await import("jsonata");
    const expression = jsonata(source, BOUNDS);
    for (const [name, added] of Object.entries(ADDED)) expression.registerFunction(name, added as (...given: unknown[]) => unknown);
    const found = (await expression.evaluate(undefined, values)) as unknown;
    return { value: plain(found) };
  } catch (error) {
    return { problem: sentence(error) };
  }
}

/** JSON of what JSONata gives: its lists carry marks, functions have no value. */
function plain(value: unknown): Json | undefined {
  if (value === undefined || typeof value === "function") return undefined;
  const text = JSON.stringify(value, (_, inner: unknown) => (typeof inner === "function" ? undefined : inner));
  return text === undefined ? undefined : (JSON.parse(text) as Json);
}

function sentence(error: unknown): string {
  const message = isFields(error as Json) || error instanceof Error ? String((error as { message: unknown }).message) : String(error);
  return message.endsWith(".") ? message : `${message}.`;
}

/** A value with every expression in it replaced by what it gives; the first problem otherwise. */
export async function evaluateAll(value: Json, values: Fields): Promise<Outcome> {
  if (typeof value === "string") return evaluateText(value, values);
  if (Array.isArray(value)) {
    const items: Json[] = [];
    for (const item of value) {
      const found = await evaluateAll(item, values);
      if ("problem" in found) return found;
      items.push(found.value ?? null);
    }
    return { value: items };
  }
  if (!isFields(value)) return { value };
  const fields: Fields = {};
  for (const [name, inner] of Object.entries(value)) {
    const found = await evaluateAll(inner, values);
    if ("problem" in found) return found;
    if (found.value !== undefined) fields[name] = found.value;
  }
  return { value: fields };
}

async function evaluateText(text: string, values: Fields): Promise<Outcome> {
  if (!hasExpression(text)) return { value: text };
  const whole = wholeExpression(text);
  if (whole !== undefined) return evaluate(whole, values);
  let joined = "";
  for (const piece of piecesOf(text)) {
    if (piece.kind === "text") {
      joined += piece.text;
      continue;
    }
    const found = await evaluate(piece.text, values);
    if ("problem" in found) return found;
    if (found.value !== undefined) joined += typeof found.value === "string" ? found.value : JSON.stringify(found.value);
  }
  return { value: joined };
}
