import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { asFolder, crumbs, hasRows, isImage, short, size } from "./names";

describe("names of files", () => {
  it("lead through their folders", () => {
    expect(crumbs("a/b c/")).toEqual([{ name: "a", folder: "a/" }, { name: "b c", folder: "a/b c/" }]);
    expect([crumbs(""), short("a/b/c.csv"), short("c.csv")]).toEqual([[], "c.csv", "c.csv"]);
    expect([asFolder(" a / b "), asFolder("/a//"), asFolder(" ")]).toEqual(["a/b/", "a/", ""]);
  });
  it("are folders once and for all", () => {
    fc.assert(fc.property(fc.string(), (text) => { expect(asFolder(asFolder(text))).toBe(asFolder(text)); }));
  });
  it("have sizes in words", () => {
    expect([0, 999, 1000, 1500, 123_456, 999_999, 5_000_000_000].map(size)).toEqual(["0 bytes", "999 bytes", "1 kB", "1.5 kB", "123 kB", "1000 kB", "5 GB"]);
  });
  it("say what can be done with them", () => {
    expect(["a.CSV", "a.xlsx", "a.pdf", "csv"].map(hasRows)).toEqual([true, true, false, false]);
    expect(["image/png", "image/svg+xml", "text/csv"].map(isImage)).toEqual([true, false, false]);
  });
});
