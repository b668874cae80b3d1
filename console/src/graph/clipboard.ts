/** Steps as text, so that they can be copied between workflows, windows and editors. */

import { parseDocument, stringify } from "yaml";

import { isFields, kindOf, type Json, type Step } from "./definition";

/** The YAML of steps, as it would stand under `steps:`. */
export const toText = (steps: Step[]): string => stringify(steps, { lineWidth: 110 });

/** The steps that a text says; none where it says something else. */
export function fromText(text: string): Step[] {
  const document = parseDocument(text);
  if (document.errors.length > 0) return [];
  const value = document.toJS() as Json;
  const listed = isFields(value) && Array.isArray(value["steps"]) ? value["steps"] : Array.isArray(value) ? value : [value];
  const steps = listed.filter(isFields).filter((step) => kindOf(step) !== undefined);
  return steps.length === listed.length ? steps : [];
}
