/** Queries as the builder edits them. */

import type { Schemas } from "../api/client";

type Query = Schemas["Query"];

/** Executions of the last thirty days. */
export const BLANK: Query = { dataset: "executions", measures: ["count"], dimensions: [], filters: [], period: { last: 30, unit: "day" }, grain: null, compare: null, order_by: null, descending: true, limit: 100, time_zone: null, chart: "table" };

export const PERIODS: readonly { value: string; label: string }[] = [
  { value: "24 hour", label: "The last 24 hours" }, { value: "7 day", label: "The last 7 days" }, { value: "30 day", label: "The last 30 days" },
  { value: "90 day", label: "The last 90 days" }, { value: "12 month", label: "The last 12 months" },
];

/** A period as one of the list's values; "between" for two dates. */
export function periodValue(period: Query["period"]): string {
  if (period === undefined) return "30 day";
  return "last" in period ? `${period.last} ${period.unit ?? "day"}` : "between";
}

/** A list's value as a period; dates begin with the last thirty days before `now`. */
export function periodOf(value: string, now: Date): NonNullable<Query["period"]> {
  if (value === "between") {
    return { since: new Date(now.getTime() - 30 * 86_400_000).toISOString(), until: now.toISOString() };
  }
  const [last = "30", unit = "day"] = value.split(" ");
  return { last: Number(last), unit: unit as "day" };
}

/** Where widgets stand that flow from left to right, each row as tall as its tallest. */
export function flow<T extends { width?: number; height?: number }>(widgets: readonly T[]): (T & { x: number; y: number })[] {
  let x = 0;
  let y = 0;
  let tallest = 0;
  return widgets.map((widget) => {
    const width = widget.width ?? 6;
    if (x + width > 12) {
      x = 0;
      y += tallest;
      tallest = 0;
    }
    const placed = { ...widget, x, y };
    x += width;
    tallest = Math.max(tallest, widget.height ?? 4);
    return placed;
  });
}
