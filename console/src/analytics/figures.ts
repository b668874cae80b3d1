/** Figures as people write them, and answers in the shape that charts draw. */

import type { Asked, Told } from "../api/client";

export type Answer = Told<"/v1/analytics/queries", "post">;
export type Query = Asked<"/v1/analytics/queries", "post">;

const MINUTE = 60_000;

/** A length of time. */
function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < MINUTE) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 60 * MINUTE) return `${(ms / MINUTE).toFixed(1)} min`;
  return `${(ms / (60 * MINUTE)).toFixed(1)} h`;
}

/** A value in its unit; a dash where there is none. */
export function figure(value: number | null | undefined, unit: string | null | undefined, currency = "USD"): string {
  if (value === null || value === undefined) return "–";
  switch (unit) {
    case "ratio": return new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 1 }).format(value);
    case "milliseconds": return duration(value);
    case "money": return new Intl.NumberFormat(undefined, { style: "currency", currency, maximumFractionDigits: Math.abs(value) >= 1000 ? 0 : value !== 0 && Math.abs(value) < 1 ? 4 : 2 }).format(value);
    case "hours": return `${new Intl.NumberFormat(undefined, { maximumFractionDigits: Math.abs(value) >= 100 ? 0 : 1 }).format(value)} h`;
    default: return new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 }).format(value);
  }
}

/** A moment at the grain of the answer's periods. */
export function periodName(at: string, grain: string, timeZone: string): string {
  const parts: Intl.DateTimeFormatOptions =
    grain === "hour" ? { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }
      : grain === "month" || grain === "quarter" ? { month: "short", year: "numeric" }
        : grain === "year" ? { year: "numeric" } : { day: "numeric", month: "short" };
  return new Intl.DateTimeFormat(undefined, { ...parts, timeZone }).format(new Date(at));
}

export interface Series {
  key: string;
  label: string;
  unit: string | null;
}

export interface Shape {
  series: Series[];
  points: Record<string, string | number | null>[];
}

const MOST_SERIES = 6;

/** A dimension's value under its name. */
export const nameIn = (answer: Answer, dimension: string, value: string | null | undefined): string =>
  value === null || value === undefined || value === "" ? "none" : (answer.labels?.[dimension]?.[value] ?? value);

/** What a chart draws: measures along periods or groups; with both, the largest groups of the first measure along periods. */
export function shape(answer: Answer): Shape {
  const period = answer.columns.find(({ role }) => role === "period");
  const dimensions = answer.columns.filter(({ role }) => role === "dimension");
  const measures = answer.columns.filter(({ role }) => role === "measure");
  const group = (row: Answer["rows"][number]): string => dimensions.map(({ name }, at) => nameIn(answer, name, row.dimensions?.[at])).join(" · ");
  const series = measures.map(({ name, label, unit }) => ({ key: name, label, unit: unit ?? null }));
  const spread = (row: Answer["rows"][number]) => Object.fromEntries(measures.map(({ name }, at) => [name, row.values[at] ?? null]));
  if (period === undefined) return { series, points: answer.rows.map((row) => ({ x: group(row), ...spread(row) })) };
  const at = (row: Answer["rows"][number]): string => periodName(row.period ?? "", period.name, answer.time_zone);
  if (dimensions.length === 0) return { series, points: answer.rows.map((row) => ({ x: at(row), ...spread(row) })) };
  return grouped(answer, group, at, measures[0]?.unit ?? null);
}

function grouped(answer: Answer, group: (row: Answer["rows"][number]) => string, at: (row: Answer["rows"][number]) => string, unit: string | null): Shape {
  const sums = new Map<string, number>();
  const points = new Map<string, Record<string, string | number | null>>();
  for (const row of answer.rows) {
    const name = group(row);
    sums.set(name, (sums.get(name) ?? 0) + (row.values[0] ?? 0));
    const moment = row.period ?? "";
    points.set(moment, { ...(points.get(moment) ?? { x: at(row) }), [name]: row.values[0] ?? null });
  }
  const largest = [...sums].sort(([, a], [, b]) => b - a).slice(0, MOST_SERIES).map(([name]) => name);
  return { series: largest.map((name) => ({ key: name, label: name, unit })), points: [...points].sort(([a], [b]) => a.localeCompare(b)).map(([, point]) => point) };
}

/** By how much a value changed against an earlier one; null where that says nothing. */
export const change = (now: number | null | undefined, before: number | null | undefined): number | null =>
  now === null || now === undefined || before === null || before === undefined || before === 0 ? null : (now - before) / Math.abs(before);
