/** Undo and redo: the states that were, the one that is, and those that were taken back. */

export interface History<T> {
  past: T[];
  present: T;
  future: T[];
}

const MOST = 200;

export const begin = <T>(present: T): History<T> => ({ past: [], present, future: [] });

export const change = <T>(history: History<T>, next: T): History<T> =>
  next === history.present ? history : { past: [...history.past.slice(-MOST), history.present], present: next, future: [] };

export function undo<T>(history: History<T>): History<T> {
  const before = history.past.at(-1);
  if (before === undefined) return history;
  return { past: history.past.slice(0, -1), present: before, future: [history.present, ...history.future] };
}

export function redo<T>(history: History<T>): History<T> {
  const [after, ...future] = history.future;
  if (after === undefined) return history;
  return { past: [...history.past, history.present], present: after, future };
}
