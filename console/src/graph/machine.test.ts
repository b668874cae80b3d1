import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { at, part, type Fields } from "./definition";
import type { Item } from "./drawing";
import { layout } from "./layout";

/** State machines of any shape: ways back, ways to nowhere, scopes in scopes. */
function machinesOf(depth: number): fc.Arbitrary<Fields> {
  return fc.integer({ min: 1, max: 5 }).chain((count) => {
    const names = Array.from({ length: count }, (_, index) => `S/${index}`);
    const name = fc.constantFrom(...names, "nowhere");
    const flat = [
      fc.record({ Type: fc.constantFrom("Pass", "Task", "Wait"), Next: name }),
      fc.record({ Type: fc.constant("Choice"), Choices: fc.array(fc.record({ Next: name })), Default: name }),
    ];
    const inner = depth === 0 ? [] : [machinesOf(depth - 1)];
    const deep = inner.flatMap((machine) => [
      fc.record({ Type: fc.constant("Map"), Next: name, Iterator: machine }),
      fc.record({ Type: fc.constant("Parallel"), Next: name, Branches: fc.array(machine, { minLength: 1, maxLength: 2 }) }),
    ]);
    const state: fc.Arbitrary<Fields> = fc.oneof(...flat, ...deep);
    return fc.tuple(name, ...names.map(() => state)).map(([start, ...found]): Fields => ({
      StartAt: start,
      States: Object.fromEntries(names.map((key, index) => [key, found[index] as Fields])),
    }));
  });
}

function* pointers(machine: Fields, pointer: string): Generator<string> {
  for (const [name, state] of Object.entries(machine["States"] as Record<string, Fields>)) {
    const here = `${pointer}/States/${part(name)}`;
    yield here;
    if ("Iterator" in state) yield* pointers(state["Iterator"] as Fields, `${here}/Iterator`);
    for (const [index, branch] of ((state["Branches"] ?? []) as Fields[]).entries()) yield* pointers(branch, `${here}/Branches/${index}`);
  }
}

const drawn = (asl: Fields): Item[] => layout({ name: "M", steps: [], asl }).items.filter((item) => item.type === "step" || item.type === "block");
const contains = (outer: Item, inner: Item): boolean =>
  outer.x <= inner.x && outer.y <= inner.y && outer.x + outer.width >= inner.x + inner.width && outer.y + outer.height >= inner.y + inner.height;
const overlap = (a: Item, b: Item): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

describe("an imported state machine", () => {
  test("is drawn with every state once, inside what holds it and apart from the others", () => {
    fc.assert(fc.property(machinesOf(2), (asl) => {
      const items = drawn(asl);
      expect(items.map((item) => item.id).toSorted()).toEqual([...pointers(asl, "/asl")].toSorted());
      for (const [index, a] of items.entries()) {
        expect(at({ asl }, a.id)).toBeDefined();
        for (const b of items.slice(index + 1)) {
          const [outer, inner] = a.id.length < b.id.length ? [a, b] : [b, a];
          if (inner.id.startsWith(`${outer.id}/`)) expect(contains(outer, inner)).toBe(true);
          else expect(overlap(a, b)).toBe(false);
        }
      }
    }));
  });

  test("goes down along its ways, and lines join what follows", () => {
    const asl = { StartAt: "A", States: {
      D: { Type: "Succeed" },
      A: { Type: "Choice", Choices: [{ Next: "B" }], Default: "D" },
      B: { Type: "Task", Resource: "arn:aws:states:::lambda:invoke", Next: "C", Catch: [{ Next: "A" }] },
      C: { Type: "Pass", Next: "D" },
    } };
    const top = Object.fromEntries(drawn(asl).map((item) => [item.id.at(-1), item.y]));
    expect(["A", "B", "C", "D"].map((name) => top[name])).toEqual((Object.values(top) as number[]).toSorted((a, b) => a - b));
    const lines = layout({ name: "M", steps: [], asl }).lines.map((line) => line.id);
    expect(lines.toSorted()).toEqual(["/asl/A>B", "/asl/A>D", "/asl/B>A", "/asl/B>C", "/asl/C>D", "/asl>"]);
  });
});
