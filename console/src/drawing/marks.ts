/** What changes on a drawing that stays: the selection, states, and where a dragged step would land. Each node listens to its own part. */

import { createContext, useContext, useSyncExternalStore } from "react";

import type { States, StepState } from "../graph/overlay";

const NOTHING: StepState = {};

export class Marks {
  private listeners = new Set<() => void>();
  selected: string | null = null;
  first: string | null = null;
  states: States = {};
  target: string | null = null;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Replaces some of it and tells who listens. */
  set(changed: Partial<Pick<Marks, "selected" | "first" | "states" | "target">>): void {
    Object.assign(this, changed);
    for (const listener of this.listeners) listener();
  }
}

export interface Hands {
  marks: Marks;
  readOnly: boolean;
  onSelect: (pointer: string) => void;
  onAdd: (lane: string, index: number) => void;
  onGrab: (event: React.PointerEvent, pointer: string, title: string) => void;
}

export const HandsContext = createContext<Hands | null>(null);

export function useHands(): Hands {
  const hands = useContext(HandsContext);
  if (hands === null) throw new Error("a node stands outside of a drawing");
  return hands;
}

const useMark = <T>(pick: (marks: Marks) => T): T => {
  const { marks } = useHands();
  return useSyncExternalStore(marks.subscribe, () => pick(marks));
};

export const useStepState = (pointer: string): StepState => useMark((marks) => marks.states[pointer] ?? NOTHING);
export const useSelected = (pointer: string): boolean => useMark((marks) => marks.selected === pointer);
export const useTabStop = (pointer: string): boolean => useMark((marks) => (marks.selected ?? marks.first) === pointer);
export const useTargeted = (id: string): boolean => useMark((marks) => marks.target === id);
