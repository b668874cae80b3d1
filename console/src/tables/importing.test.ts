import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { added, matched, MOST_TOLD, NOTHING, said } from "./importing";

describe("rows of files", () => {
  it("find their columns by name, however it is written", () => {
    expect(matched(["order_no", "city", "größe", "left"], ["Order No.", "CITY", "Größe", "other"])).toEqual({ order_no: "Order No.", city: "CITY", größe: "Größe" });
  });
  it("only go where there are columns", () => {
    fc.assert(fc.property(fc.array(fc.string()), fc.array(fc.string()), (columns, found) => {
      Object.entries(matched(columns, found)).forEach(([name, source]) => { expect(columns).toContain(name); expect(found).toContain(source); });
    }));
  });
  it("are counted over all parts, and told of up to a limit", () => {
    const errors = Array.from({ length: 150 }, (_, row) => ({ row, column: "a", detail: "is required" }));
    const part = { read: 150, kept: 0, wrong: 150, errors, next: 150 };
    const all = added(added(NOTHING, part), { ...part, next: null });
    expect([all.read, all.wrong, all.errors.length, all.done]).toEqual([300, 300, MOST_TOLD, true]);
    expect([said(errors[2]!), said({ row: 1200, column: null, detail: "has the same key as row 2" })]).toEqual(["Row 2: a is required.", `Row ${(1200).toLocaleString()}: has the same key as row 2.`]);
  });
});
