/** The chosen step, and what can be done with it. */

import { useCallback, useState } from "react";

import { fromText, toText } from "../graph/clipboard";
import { at, isFields, type Step } from "../graph/definition";
import { copyOf, insertStep, moveStep, placeOf, removeStep } from "../graph/edit";
import type { Draft } from "./useDraft";

export interface Place {
  lane: string;
  index: number;
}

export function useSelection(draft: Draft, locked: boolean) {
  const { definition, set } = draft;
  const [selected, setSelected] = useState<string | null>(null);
  const [adding, setAdding] = useState<Place | null>(null);
  const found = selected === null ? undefined : at(definition, selected);
  const chosen = isFields(found) ? found : undefined;
  /** Where a new step goes: behind the chosen one, else to the end. */
  const next = (): Place => {
    if (selected === null || chosen === undefined) return { lane: "/steps", index: definition.steps?.length ?? 0 };
    const [lane, index] = placeOf(selected);
    return { lane, index: index + 1 };
  };
  const insert = ({ lane, index }: Place, steps: Step[]): void => {
    let changed = definition;
    for (const [offset, step] of steps.entries()) changed = insertStep(changed, lane, index + offset, copyOf(changed, step));
    set(changed);
    setSelected(`${lane}/${index}`);
    setAdding(null);
  };
  const remove = (): void => {
    if (selected === null || chosen === undefined || locked) return;
    const [lane, index] = placeOf(selected);
    const changed = removeStep(definition, selected);
    set(changed);
    const left = at(changed, lane);
    const count = Array.isArray(left) ? left.length : 0;
    setSelected(count === 0 ? null : `${lane}/${Math.min(index, count - 1)}`);
  };
  const move = useCallback((pointer: string, lane: string, index: number) => {
    const step = at(definition, pointer);
    const moved = moveStep(definition, pointer, lane, index);
    set(moved);
    setSelected(isFields(step) ? placeAfter(moved, step) : null);
  }, [definition, set]);
  return {
    selected, setSelected, chosen, adding, setAdding, insert, remove, move,
    add: () => !locked && setAdding(next()),
    duplicate: () => chosen !== undefined && !locked && insert(next(), [chosen]),
    copy: () => (chosen === undefined ? null : toText([chosen])),
    cut: () => {
      const text = chosen === undefined || locked ? null : toText([chosen]);
      if (text !== null) remove();
      return text;
    },
    paste: (text: string) => {
      const steps = locked ? [] : fromText(text);
      if (steps.length > 0) insert(next(), steps);
    },
    shift: (by: -1 | 1) => {
      if (selected === null || locked) return;
      const [lane, index] = placeOf(selected);
      const steps = at(definition, lane);
      if (Array.isArray(steps) && index + by >= 0 && index + by < steps.length) move(selected, lane, by < 0 ? index - 1 : index + 2);
    },
  };
}

/** Where a step has gone: it is the same object there. */
function placeAfter(definition: Draft["definition"], step: Step): string | null {
  const lanes: [unknown, string][] = [[definition.steps, "/steps"]];
  for (let next = lanes.pop(); next !== undefined; next = lanes.pop()) {
    const [value, pointer] = next;
    if (value === step) return pointer;
    if (typeof value !== "object" || value === null) continue;
    for (const [key, inner] of Object.entries(value)) lanes.push([inner, `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`]);
  }
  return null;
}
