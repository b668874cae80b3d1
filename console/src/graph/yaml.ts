/** The definition as YAML text and back. Comments and the order of keys outlive changes made on the drawing. */

import { Document, isMap, isScalar, isSeq, parseDocument, type Node, type YAMLMap } from "yaml";

import { isFields, type Definition, type Json } from "./definition";

const STYLE = { lineWidth: 110, singleQuote: false } as const;

/** What a YAML text says, or a sentence on why it is none. */
export function read(text: string): { definition: Definition } | { problem: string } {
  const document = parseDocument(text);
  const error = document.errors[0];
  if (error !== undefined) return { problem: error.message };
  const value = document.toJS() as Json;
  if (!isFields(value) || !Array.isArray(value["steps"])) return { problem: "A definition is an object with “steps”." };
  return { definition: value as Definition };
}

/** The text of a definition: `before`, changed only where the definition differs from it. */
export function write(definition: Definition, before: string | null): string {
  const document = before === null ? new Document(definition) : parseDocument(before);
  if (document.errors.length > 0 || document.contents === null) return new Document(definition).toString(STYLE);
  document.contents = merged(document as Document, document.contents, definition);
  return document.toString(STYLE);
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
