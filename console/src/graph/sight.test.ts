import fc from "fast-check";
import { expect, test } from "vitest";

import { definitions } from "./arbitrary";
import { at, everyStep } from "./definition";
import { setField } from "./edit";
import { layout } from "./layout";
import { miniature, MINIATURE } from "./miniature";
import { inSight, kept, sight, type View } from "./sight";

const views: fc.Arbitrary<View> = fc.record({
  x: fc.integer({ min: -3000, max: 3000 }), y: fc.integer({ min: -3000, max: 3000 }), zoom: fc.double({ min: 0.1, max: 1.6, noNaN: true }),
  width: fc.integer({ min: 300, max: 2000 }), height: fc.integer({ min: 300, max: 1200 }),
});

test("whatever touches the window is drawn", () => {
  fc.assert(
    fc.property(definitions, views, (definition, view) => {
      const drawing = layout(definition);
      const drawn = new Set(inSight(drawing, sight(view)));
      for (const item of drawing.items) {
        const [left, top] = [item.x * view.zoom + view.x, item.y * view.zoom + view.y];
        const seen = left <= view.width && top <= view.height && left + item.width * view.zoom >= 0 && top + item.height * view.zoom >= 0;
        if (seen) expect(drawn).toContain(item);
      }
    }),
  );
});

test("a little way changes nothing, and from afar a little way is longer", () => {
  const view = { x: -100, y: -100, zoom: 1, width: 1000, height: 800 };
  expect(sight({ ...view, y: -110 })).toBe(sight(view));
  expect(sight({ ...view, y: -500 })).not.toBe(sight(view));
});

test("a change leaves all other parts the objects that they were", () => {
  fc.assert(
    fc.property(definitions, fc.nat(), (definition, which) => {
      const places = [...everyStep(definition)].map(([pointer]) => pointer);
      const pointer = places[which % places.length]!;
      const before = layout(definition);
      const changed = setField(definition, pointer, { note: "changed" });
      const after = kept(layout(changed), before);
      expect(after).toEqual(layout(changed));
      for (const [index, item] of after.items.entries()) {
        const around = "pointer" in item && (item.pointer === pointer || pointer.startsWith(`${item.pointer}/`));
        if (around) expect(item.step).toBe(at(changed, item.pointer));
        else expect(item).toBe(before.items[index]);
      }
    }),
  );
});

test("in the overview what is in sight stands where it is in the drawing", () => {
  const small = { width: 300, height: 400 };
  const whole = miniature(small, { x: 0, y: 0, zoom: 1, width: 300, height: 400 });
  expect(whole.seen).toEqual({ x: whole.left, y: whole.top, width: 300 * whole.scale, height: 400 * whole.scale });
  const tall = { width: 600, height: 20_000 };
  const top = miniature(tall, { x: 0, y: 0, zoom: 1, width: 600, height: 800 });
  const bottom = miniature(tall, { x: 0, y: -19_200, zoom: 1, width: 600, height: 800 });
  expect(top.seen.y).toBeGreaterThan(0);
  expect(bottom.seen.y + bottom.seen.height).toBeLessThan(MINIATURE.height);
  expect(bottom.top).toBeLessThan(top.top);
});
