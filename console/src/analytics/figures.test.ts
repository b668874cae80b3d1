import fc from "fast-check";
import { expect, test } from "vitest";

import { change, figure, shape, type Answer } from "./figures";

const base = { labels: {}, since: "2026-01-01T00:00:00Z", until: "2026-02-01T00:00:00Z", time_zone: "UTC", currency: "EUR", truncated: false, source: "days", complete: true, chart: "bar", totals: { values: [] } } as const;
const measure = { name: "count", label: "Executions", role: "measure", unit: "count" } as const;
const day = { name: "day", label: "Day", role: "period", unit: null } as const;
const workflow = { name: "workflow", label: "Workflow", role: "dimension", unit: null } as const;

test("groups have their names, and those without a value are none", () => {
  const answer = { ...base, columns: [workflow, measure], labels: { workflow: { a: "Orders" } }, rows: [{ dimensions: ["a"], values: [3] }, { dimensions: [null], values: [1] }] } as unknown as Answer;
  expect(shape(answer).points).toEqual([{ x: "Orders", count: 3 }, { x: "none", count: 1 }]);
});

test("along periods, the largest groups are the series and every period is one point", () => {
  fc.assert(
    fc.property(fc.array(fc.record({ day: fc.integer({ min: 1, max: 28 }), group: fc.integer({ min: 0, max: 12 }), value: fc.nat(1000) }), { maxLength: 60 }), (cells) => {
      const unique = [...new Map(cells.map((cell) => [`${cell.day}/${cell.group}`, cell])).values()];
      const rows = unique.map(({ day: at, group, value }) => ({ period: `2026-01-${String(at).padStart(2, "0")}T00:00:00Z`, dimensions: [`g${group}`], values: [value] }));
      const found = shape({ ...base, columns: [day, workflow, measure], rows } as unknown as Answer);
      expect(found.points).toHaveLength(new Set(unique.map((cell) => cell.day)).size);
      const sum = (name: string): number => unique.filter(({ group }) => `g${group}` === name).reduce((all, { value }) => all + value, 0);
      const shown = found.series.map(({ key }) => key);
      const least = Math.min(...shown.map(sum));
      for (const { group } of unique) if (!shown.includes(`g${group}`)) expect(sum(`g${group}`)).toBeLessThanOrEqual(least);
    }),
  );
});

test.each([[0.5, "ratio", "50%"], [950, "milliseconds", "950 ms"], [90_000, "milliseconds", "1.5 min"], [null, "count", "–"], [2.5, "hours", "2.5 h"], [1037.3, "hours", "1,037 h"], [41_493.33, "money", "$41,493"], [12.5, "money", "$12.50"]])("%s %s is %s", (value, unit, text) => {
  expect(figure(value, unit)).toBe(text);
});

test("a change against nothing says nothing", () => {
  expect(change(5, 0)).toBeNull();
  expect(change(5, null)).toBeNull();
  expect(change(5, 4)).toBe(0.25);
});
