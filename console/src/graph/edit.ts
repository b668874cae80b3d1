/** Changes of a definition. Each gives a new definition; the old one stays as it is. */

import { at, everyStep, isFields, put, type Definition, type Fields, type Json, type Kind, type Step } from "./definition";

/** The ids of all steps. */
export const idsOf = (definition: Definition): Set<string> =>
  new Set([...everyStep(definition)].flatMap(([, step]) => (typeof step["id"] === "string" ? [step["id"]] : [])));

/** An id that no step has, made from a wish. */
export function freeId(definition: Definition, wish: string): string {
  const base = wish.toLowerCase().replaceAll(/[^a-z0-9]+/g, "_").replace(/^[^a-z]+/, "").slice(0, 32).replace(/_+$/, "") || "step";
  const taken = idsOf(definition);
  let id = base;
  for (let n = 2; taken.has(id); n += 1) id = `${base}_${n}`;
  return id;
}

/** A new step of a kind, as complete as a step can be that nobody has filled in. */
export function newStep(definition: Definition, kind: Kind, action?: string): Step {
  const id = freeId(definition, action?.split(".").at(-1) ?? kind);
  const inner = (): Step => ({ id: freeId(definition, "value"), set: "" });
  switch (kind) {
    case "use":
      return { id, use: action ?? "http.request", with: {} };
    case "set":
      return { id: freeId(definition, "value"), set: "" };
    case "choose":
      return { choose: [{ when: "{% true %}", steps: [inner()] }, { otherwise: [] }] };
    case "for_each":
      return { id: freeId(definition, "each"), for_each: "{% $trigger.body.items %}", as: "item", steps: [inner()] };
    case "parallel":
      return { id: freeId(definition, "both"), parallel: { first: [inner()], second: [{ ...inner(), id: freeId(definition, "value_b") }] } };
    case "repeat":
      return { id: freeId(definition, "rounds"), repeat: { max: 3, steps: [inner()] } };
    case "wait":
      return { wait: { for: "1h" } };
    case "try":
      return { try: { steps: [inner()], catch: [{ as: "error", steps: [] }] } };
    case "stop":
      return { stop: { status: "succeeded" } };
  }
}

/** Puts a step into a list before the step that is at `index` there. */
export function insertStep(definition: Definition, lane: string, index: number, step: Step): Definition {
  const steps = laneAt(definition, lane);
  return put(definition, lane, [...steps.slice(0, index), step, ...steps.slice(index)]);
}

/** Takes a step away, with all that it holds. */
export function removeStep(definition: Definition, pointer: string): Definition {
  const [lane, index] = placeOf(pointer);
  const steps = laneAt(definition, lane);
  return put(definition, lane, [...steps.slice(0, index), ...steps.slice(index + 1)]);
}

/** Moves a step to before `index` of another list, or of its own; not into itself. */
export function moveStep(definition: Definition, pointer: string, lane: string, index: number): Definition {
  if (`${lane}/`.startsWith(`${pointer}/`)) return definition;
  const step = at(definition, pointer);
  if (!isFields(step)) return definition;
  const marked = put(definition, pointer, { ...step, [MOVED]: true });
  const inserted = insertStep(marked, lane, index, step);
  for (const [found, candidate] of everyStep(inserted)) {
    if (MOVED in candidate) return removeStep(inserted, found);
  }
  return definition;
}

const MOVED = "\u0000moved";

/** A copy of a step whose ids, and those of the steps inside, are free. */
export function copyOf(definition: Definition, step: Step): Step {
  const copy = structuredClone(step);
  const holder: Definition = { name: "", steps: [copy] };
  let whole: Definition = { ...definition, steps: [...definition.steps] };
  let renamed = holder;
  for (const [pointer, inner] of everyStep(holder)) {
    if (typeof inner["id"] !== "string") continue;
    const id = freeId(whole, inner["id"]);
    renamed = put(renamed, `${pointer}/id`, id);
    whole = { ...whole, steps: [...whole.steps, { id, set: null }] };
  }
  return renamed.steps[0] ?? copy;
}

/** Sets a field of a step; undefined takes it away. */
export function setField(definition: Definition, pointer: string, fields: Partial<Fields>): Definition {
  return Object.entries(fields).reduce(
    (changed, [name, value]) => put(changed, `${pointer}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`, value),
    definition,
  );
}

/** Gives a step another id; expressions that name it follow. */
export function renameStep(definition: Definition, pointer: string, id: string): Definition {
  const before = at(definition, `${pointer}/id`);
  const renamed = put(definition, `${pointer}/id`, id);
  if (typeof before !== "string" || idsOf(definition).has(id)) return renamed;
  const name = new RegExp(`\\$${before}(?!\\w)`, "g");
  const follow = (value: Json): Json => {
    if (typeof value === "string") return value.replaceAll(/\{%[\s\S]*?%\}/g, (expression) => expression.replaceAll(name, `$$${id}`));
    if (Array.isArray(value)) return value.map(follow);
    return isFields(value) ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, follow(inner)])) : value;
  };
  return follow(renamed) as Definition;
}

/** The list that a step stands in, and its place there. */
export function placeOf(pointer: string): [string, number] {
  const cut = pointer.lastIndexOf("/");
  return [pointer.slice(0, cut), Number(pointer.slice(cut + 1))];
}

function laneAt(definition: Definition, lane: string): Step[] {
  const found = at(definition, lane);
  return Array.isArray(found) ? (found as Step[]) : [];
}
