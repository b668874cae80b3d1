/** The definition as YAML text and back. Comments and the order of keys outlive changes made on the drawing. */

import { Document, isMap, isScalar, isSeq, parseDocument, type Node, type YAMLMap } from "yaml";

import { differences } from "./comparison";
import { isFields, type Definition, type Json } from "./definition";

/** How a text is laid out, so that what is written anew looks like what was there. */
const styleOf = (before: string) => ({
  lineWidth: 0,
  singleQuote: false,
  flowCollectionPadding: !/[[{][^\s%{}[\]]/.test(before.replaceAll(/"[^"\n]*"|'[^'\n]*'/g, "")),
  indentSeq: !/^\s*[\w-]+:\s*\n- /m.test(before),
});

/** What a YAML text says, or a sentence on why it is none. */
export function read(text: string): { definition: Definition } | { problem: string } {
  const document = parseDocument(text);
  const error = document.errors[0];
  if (error !== undefined) return { problem: error.message };
  const value = document.toJS() as Json;
  if (!isFields(value) || !Array.isArray(value["steps"])) return { problem: "A definition is an object with “steps”." };
  return { definition: value as Definition };
}

/** The text that was written or compared last, as a document: reading it anew is most of the work while one types into a form. */
let newest: { text: string; document: Document } | null = null;

const documentOf = (text: string): Document => (newest?.text === text ? newest.document : (parseDocument(text) as Document));

/** Reads a text that will be changed, before the first change waits for it. */
export function expect(text: string): void {
  newest ??= { text, document: parseDocument(text) as Document };
}

/** The text of a definition: `before`, changed only where the definition differs from it. */
export function write(definition: Definition, before: string | null): string {
  if (before === null) return new Document(definition).toString(styleOf(""));
  const document = documentOf(before);
  if (document.errors.length > 0 || document.contents === null) return new Document(definition).toString(styleOf(""));
  const same = differences(document.toJS() as Json, definition, "", 1).length === 0;
  newest = null;
  if (!same) document.contents = merged(document, document.contents as Node, definition);
  const text = same ? before : document.toString(styleOf(before));
  newest = { text, document };
  return text;
}

function merged(document: Document, node: Node, value: Json): Node {
  if (isMap(node) && isFields(value)) return mergedMap(document, node, value);
  if (isSeq(node) && Array.isArray(value)) {
    node.items = value.map((item, index) => {
      const old = node.items[index];
      return old === undefined ? document.createNode(item) : merged(document, old as Node, item);
    });
    return node;
  }
  if (isScalar(node) && node.value === value) return node;
  const fresh = document.createNode(value) as Node;
  if (node.comment) fresh.comment = node.comment;
  return fresh;
}

function mergedMap(document: Document, node: YAMLMap, value: { [key: string]: Json }): Node {
  node.items = node.items.filter((pair) => String((pair.key as { value?: unknown }).value ?? pair.key) in value);
  for (const [key, inner] of Object.entries(value)) {
    const old = node.get(key, true) as Node | undefined;
    if (old === undefined || old === null) node.set(key, document.createNode(inner));
    else node.set(key, merged(document, old, inner));
  }
  return node;
}

/** Where the value at a JSON pointer stands in a text; the innermost that there is where it leads too far. */
export function rangeOf(text: string, pointer: string): [number, number] | undefined {
  const document = parseDocument(text);
  let node: unknown = document.contents;
  let found: [number, number] | undefined;
  for (const key of [null, ...pointer.split("/").slice(1)]) {
    if (key !== null) node = inside(node, key.replaceAll("~1", "/").replaceAll("~0", "~"));
    const range = (node as Node | undefined)?.range;
    if (range == null) break;
    found = [range[0], Math.min(Math.max(range[1], range[0] + 1), text.length)];
  }
  return found;
}

function inside(node: unknown, key: string): unknown {
  if (isMap(node)) return node.get(key, true);
  return isSeq(node) ? node.get(Number(key), true) : undefined;
}
