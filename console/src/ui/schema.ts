/** What a form makes of a JSON Schema. */

export interface Schema {
  type?: string;
  title?: string;
  description?: string;
  format?: string;
  enum?: unknown[];
  items?: Schema;
  required?: string[];
  properties?: Record<string, Schema>;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  pattern?: string;
}

export type Values = Record<string, unknown>;

/** `cost_centre` as people read it. */
export const labelOf = (name: string, schema: Schema): string =>
  schema.title ?? name.replaceAll(/[_-]+/g, " ").replace(/^./, (letter) => letter.toUpperCase());

/** A schema's properties as a form shows them: what is needed first. The server keeps the order of lists, not that of names. */
export function inOrder(schema: Schema): [string, Schema][] {
  const properties = schema.properties ?? {};
  const needed = [...new Set(schema.required ?? [])].filter((name) => name in properties);
  return [...needed, ...Object.keys(properties).filter((name) => !needed.includes(name))].map((name) => [name, properties[name]!]);
}

/** The values that a schema suggests by itself. */
export const defaultsOf = (schema: Schema): Values =>
  Object.fromEntries(
    Object.entries(schema.properties ?? {}).flatMap(([name, each]) => (each.default === undefined ? [] : [[name, each.default]])),
  );

/** The type of input that fits a text. */
export function inputType(schema: Schema): string {
  switch (schema.format) {
    case "date": return "date";
    case "time": return "time";
    case "date-time": return "datetime-local";
    case "email": return "email";
    case "uri": return "url";
    case "password": return "password";
    default: return "text";
  }
}
