import fc from "fast-check";
import { expect, test } from "vitest";

import { flow, periodOf, periodValue, PERIODS } from "./query";

test("widgets that flow never overlap and never leave the twelve columns", () => {
  const widget = fc.record({ width: fc.integer({ min: 1, max: 12 }), height: fc.integer({ min: 1, max: 8 }) });
  fc.assert(
    fc.property(fc.array(widget, { maxLength: 20 }), (widgets) => {
      const taken = new Set<string>();
      for (const { x, y, width, height } of flow(widgets)) {
        expect(x + width).toBeLessThanOrEqual(12);
        for (let column = x; column < x + width; column += 1) {
          for (let row = y; row < y + height; row += 1) {
            expect(taken.has(`${column}/${row}`)).toBe(false);
            taken.add(`${column}/${row}`);
          }
        }
      }
    }),
  );
});

test("each period of the list comes back as itself", () => {
  for (const { value } of PERIODS) expect(periodValue(periodOf(value, new Date()))).toBe(value);
  expect(periodValue(periodOf("between", new Date()))).toBe("between");
});
