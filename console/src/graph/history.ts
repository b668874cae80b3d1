/** Undo and redo: the states that were, the one that is, and those that were taken back. */

export interface History<T> {
  past: T[];
  present: T;
  future: T[];
  /** What the last change was about: the next one about the same thing becomes one with it. */
  about: string | null;
}

const MOST = 200;

export const begin = <T>(present: T): History<T> => ({ past: [], present, future: [], about: null });

/** A change. Changes in a row that are `about` the same, such as a field being typed into, are undone at once. */
export function change<T>(history: History<T>, next: T, about: string | null = null): History<T> {
  if (next === history.present) return history;
  if (about !== null && about === history.about) return { ...history, present: next, future: [] };
  return { past: [...history.past.slice(-MOST), history.present], present: next, future: [], about };
}

/** Ends a row of changes: the next one stands by itself. */
export const settle = <T>(history: History<T>): History<T> => (history.about === null ? history : { ...history, about: null });

export function undo<T>(history: History<T>): History<T> {
  const before = history.past.at(-1);
  if (before === undefined) return history;
  return { past: history.past.slice(0, -1), present: before, future: [history.present, ...history.future], about: null };
}

export function redo<T>(history: History<T>): History<T> {
  const [after, ...future] = history.future;
  if (after === undefined) return history;
  return { past: [...history.past, history.present], present: after, future, about: null };
}
