/** Steps on one time axis. */

export interface Span {
  started_at: string | null;
  stopped_at: string | null;
}

export interface Axis {
  begin: number;
  end: number;
}

/** The time that an execution and its steps span, at least a millisecond. */
export function axisOf(whole: Span, parts: Span[], now: number): Axis {
  const begin = Date.parse(whole.started_at ?? "") || now;
  const ends = [whole, ...parts].map((part) => (part.stopped_at === null ? 0 : Date.parse(part.stopped_at)));
  const open = whole.stopped_at === null;
  return { begin, end: Math.max(begin + 1, open ? now : 0, ends.reduce((most, end) => Math.max(most, end), 0)) };
}

/** Where a span lies on the axis: its left edge and width, as shares of it. */
export function place(span: Span, axis: Axis): { left: number; width: number } {
  const length = axis.end - axis.begin;
  const share = (at: string | null): number => Math.min(1, Math.max(0, ((at === null ? axis.end : Date.parse(at)) - axis.begin) / length));
  const left = share(span.started_at);
  return { left, width: Math.max(0, share(span.stopped_at) - left) };
}

const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 10e3, 30e3, 60e3, 120e3, 300e3, 600e3, 1800e3, 3600e3, 7200e3, 21600e3, 43200e3, 86400e3];

/** Round times for the axis' marks, in ms from its begin. */
export function ticks(axis: Axis, most = 6): number[] {
  const length = axis.end - axis.begin;
  const size = STEPS.find((step) => length / step <= most) ?? Math.ceil(length / most / 86400e3) * 86400e3;
  return Array.from({ length: Math.floor(length / size) + 1 }, (_, n) => n * size);
}

/** A length of time, short. */
export function span(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60e3) return `${trim(ms / 1000)} s`;
  if (ms < 3600e3) return `${trim(ms / 60e3)} min`;
  return ms < 86400e3 ? `${trim(ms / 3600e3)} h` : `${trim(ms / 86400e3)} d`;
}

const trim = (value: number): string => value.toFixed(1).replace(/\.0$/, "");
