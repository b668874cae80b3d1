import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { FAMILIES, toggled } from "./events";

const NAMES = ["*", ...FAMILIES.flatMap(({ name, types }) => [`${name}.*`, ...types.map((type) => `${name}.${type}`)])];

describe("choosing events", () => {
  it("lets a family take in its types, and everything take in all", () => {
    expect(toggled(["execution.failed", "task.assigned"], "execution.*", true)).toEqual(["task.assigned", "execution.*"]);
    expect(toggled(["execution.failed"], "*", true)).toEqual(["*"]);
    expect(toggled(["*"], "*", false)).toEqual([]);
  });
  it("never names anything twice, nor beside what takes it in", () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.constantFrom(...NAMES), fc.boolean())), (steps) => {
      // The page offers no type whose family is chosen.
      const events = steps.reduce<string[]>((before, [name, on]) => (on && before.some((each) => each === name || each === "*" || each === `${name.split(".")[0]}.*`) ? before : toggled(before, name, on)), []);
      expect(new Set(events).size).toBe(events.length);
      if (events.includes("*")) expect(events).toEqual(["*"]);
      for (const family of FAMILIES.filter(({ name }) => events.includes(`${name}.*`))) {
        expect(events.filter((each) => each.startsWith(`${family.name}.`))).toEqual([`${family.name}.*`]);
      }
    }));
  });
});
