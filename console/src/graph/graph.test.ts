import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { definitions } from "./arbitrary";
import { at, everyStep, put, readable, type Definition } from "./definition";
import { copyOf, freeId, idsOf, insertStep, moveStep, newStep, placeOf, removeStep, renameStep, setField } from "./edit";
import { begin, change, redo, settle, undo } from "./history";
import { layout, type Item } from "./layout";

const any = (check: (definition: Definition, pick: (n: number) => number) => void): void => {
  fc.assert(fc.property(definitions, fc.nat(), (definition, seed) => check(definition, (n) => seed % n)));
};
const pointers = (definition: Definition): string[] => [...everyStep(definition)].map(([pointer]) => pointer);
const contains = (outer: Item, inner: Item): boolean =>
  outer.x <= inner.x && outer.y <= inner.y && outer.x + outer.width >= inner.x + inner.width && outer.y + outer.height >= inner.y + inner.height;
const overlap = (a: Item, b: Item): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

describe("drawing", () => {
  test("has every step once, and what it shows is the definition", () => {
    any((definition) => {
      const drawn = layout(definition).items.flatMap((item) => (item.type === "step" || item.type === "block" ? [item] : []));
      expect(drawn.map((item) => item.pointer).toSorted()).toEqual(pointers(definition).toSorted());
      for (const item of drawn) expect(item.step).toBe(at(definition, item.pointer));
    });
  });

  test("keeps steps inside their blocks and apart from each other", () => {
    any((definition) => {
      const items = layout(definition).items.filter((item) => item.type === "step" || item.type === "block");
      for (const [index, a] of items.entries()) {
        for (const b of items.slice(index + 1)) {
          const nested = a.id === b.id || b.id.startsWith(`${a.id}/`) || a.id.startsWith(`${b.id}/`);
          if (nested) expect(contains(a.id.length < b.id.length ? a : b, a.id.length < b.id.length ? b : a)).toBe(true);
          else expect(overlap(a, b)).toBe(false);
        }
      }
    });
  });

  test("offers a place for a step before, between and after all others", () => {
    any((definition) => {
      for (const item of layout(definition).items) {
        if (item.type !== "add") continue;
        const step = { id: "fresh", set: 1 };
        expect(at(insertStep(definition, item.lane, item.index, step), `${item.lane}/${item.index}`)).toBe(step);
      }
    });
  });
});

describe("edits", () => {
  test("inserting and removing is doing nothing", () => {
    any((definition, pick) => {
      const all = pointers(definition);
      const [lane, index] = placeOf(all[pick(all.length)]!);
      const changed = insertStep(definition, lane, index, newStep(definition, "choose"));
      expect(removeStep(changed, `${lane}/${index}`)).toEqual(definition);
    });
  });

  test("moving keeps every step, and never into itself", () => {
    any((definition, pick) => {
      const all = pointers(definition);
      const from = all[pick(all.length)]!;
      const [lane, index] = placeOf(all[pick(all.length * 7 + 3) % all.length]!);
      const moved = moveStep(definition, from, lane, index);
      expect([...idsOf(moved)].toSorted()).toEqual([...idsOf(definition)].toSorted());
      if (lane.startsWith(`${from}/`)) expect(moved).toBe(definition);
    });
  });

  test("a copy has ids of its own", () => {
    any((definition, pick) => {
      const step = definition.steps[pick(definition.steps.length)]!;
      const copy = copyOf(definition, step);
      const ids = idsOf({ name: "", steps: [copy] });
      expect([...ids].filter((id) => idsOf(definition).has(id))).toEqual([]);
      expect(ids.size).toBe(idsOf({ name: "", steps: [step] }).size);
    });
  });

  test("fields are set and taken away", () => {
    const definition = { name: "W", steps: [{ id: "a", set: 1 }] };
    const named = setField(definition, "/steps/0", { name: "A" });
    expect(named.steps[0]).toEqual({ id: "a", set: 1, name: "A" });
    expect(setField(named, "/steps/0", { name: undefined })).toEqual(definition);
    expect(put({ "a/b": { "~": 1 } }, "/a~1b/~0", 2)).toEqual({ "a/b": { "~": 2 } });
    expect(freeId({ name: "", steps: [{ id: "send" }] }, "Send!")).toBe("send_2");
  });

  test("a step's new id is followed by what names it", () => {
    const steps = [{ id: "a", set: 1 }, { id: "b", set: "$a and {% $a + $ab + $a.x %}" }, { id: "c", parallel: { x: [{ id: "d", set: ["{% $a %}"] }] } }];
    const renamed = renameStep({ name: "W", steps, output: "{% $a %}" }, "/steps/0", "total");
    expect(renamed.steps[0]).toEqual({ id: "total", set: 1 });
    expect(renamed.steps[1]!["set"]).toBe("$a and {% $total + $ab + $total.x %}");
    expect(renamed["output"]).toBe("{% $total %}");
    expect(at(renamed, "/steps/2/parallel/x/0/set/0")).toBe("{% $total %}");
  });

  test("changes about one thing are one step back", () => {
    const typed = change(change(change(begin(0), 1, "name"), 2, "name"), 3, "name");
    expect(undo(typed).present).toBe(0);
    expect(undo(change(settle(typed), 4, "name")).present).toBe(3);
  });

  test("can be taken back and done again", () => {
    const history = change(change(begin(1), 2), 3);
    expect(undo(undo(history)).present).toBe(1);
    expect(redo(undo(history))).toEqual(history);
    expect(change(undo(history), 4).future).toEqual([]);
    expect(undo(begin(1))).toEqual(begin(1));
  });
});

test("expressions are read without their brackets", () => {
  expect(readable("{% $a.b > 1 %}")).toBe("$a.b > 1");
  expect(readable(true)).toBe("true");
});
