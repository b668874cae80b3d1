import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { definitions } from "./arbitrary";
import { everyStep, type Definition } from "./definition";
import { namesAt } from "./scope";

const called = (definition: Definition, pointer: string, field?: string): string[] =>
  namesAt(definition, pointer, field).filter(({ role }) => !["trigger", "vars", "execution"].includes(role)).map(({ name }) => name).toSorted();

describe("names in reach", () => {
  const definition: Definition = {
    name: "W",
    steps: [
      { id: "a", set: 1 },
      { id: "c", choose: [{ when: "{% true %}", steps: [{ id: "in_case", set: 1 }] }, { otherwise: [{ id: "other", set: 1 }] }] },
      { id: "l", for_each: [1], as: "line", steps: [{ id: "in_loop", set: 1 }, { id: "late", set: 1 }] },
      { id: "p", parallel: { x: [{ id: "left", set: 1 }], y: [{ id: "right", set: 1 }] } },
      { id: "r", repeat: { max: 2, steps: [{ id: "round", set: 1 }] } },
      { id: "t", try: { steps: [{ id: "tried", set: 1 }], catch: [{ as: "problem", steps: [{ id: "caught", set: 1 }] }], finally: [{ id: "last", set: 1 }] } },
      { id: "u", use: "http.request", on_error: { steps: [{ id: "why", set: 1 }] } },
    ],
  };
  const behind = ["a", "c", "in_case", "l", "other"].filter((name) => name !== "c");

  test.each<[string, string[], string?]>([
    ["/steps/0", []],
    ["/steps/1/choose/1/otherwise/0", ["a"]],
    ["/steps/2", ["a", "in_case", "other"]],
    ["/steps/2/steps/1", ["a", "in_case", "in_loop", "index", "line", "other"]],
    ["/steps/3/parallel/y/0", behind],
    ["/steps/4", [...behind, "index", "p", "round"]],
    ["/steps/4/repeat/steps/0", [...behind, "index", "p", "round"]],
    ["/steps/5/try/catch/0/steps/0", [...behind, "p", "problem", "round", "tried"]],
    ["/steps/5/try/finally/0", [...behind, "caught", "p", "round", "tried"]],
    ["/steps/6/on_error/steps/0", [...behind, "caught", "error", "last", "p", "round", "tried"]],
    ["/steps/6", [...behind, "caught", "last", "p", "result", "round", "tried"], "output"],
    ["", [...behind, "caught", "last", "p", "round", "tried", "u", "why"]],
  ])("at %s", (pointer, expected, field) => {
    expect(called(definition, pointer, field)).toEqual(expected.toSorted());
  });

  test("are never of the step itself or of what comes later, but in loops", () => {
    fc.assert(
      fc.property(definitions, (random) => {
        const order = [...everyStep(random)].map(([pointer]) => pointer);
        for (const [index, pointer] of order.entries()) {
          if (pointer.includes("/repeat/")) continue;
          for (const name of namesAt(random, pointer)) {
            const inside = name.pointer?.startsWith(`${pointer}/`) ?? false;
            if (name.role === "step" && !inside) expect(order.indexOf(name.pointer!)).toBeLessThan(index);
          }
        }
      }),
    );
  });
});
