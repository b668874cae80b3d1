import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { definitions } from "./arbitrary";
import { fromText, toText } from "./clipboard";
import { differences, pairs, type Compared } from "./comparison";
import { at, everyStep, isFields, part, put, type Definition, type Json } from "./definition";
import { merged, type StepChange } from "./difference";
import { removeStep } from "./edit";
import { layout } from "./layout";
import { neighbour, parentOf } from "./navigate";
import { layered, problemsOf, sentence, stepOf } from "./overlay";
import { axisOf, place, span, ticks } from "./timeline";
import { calledWith, inWords, message } from "./words";

const pointers = (definition: Definition): string[] => [...everyStep(definition)].map(([pointer]) => pointer);

describe("two versions in one drawing", () => {
  /** What the server's difference says where steps were only taken away, or only added. */
  const gone = (before: Definition, after: Definition, change: "removed" | "added"): StepChange[] => {
    const [more, less] = change === "removed" ? [before, after] : [after, before];
    const left = new Set([...everyStep(less)].map(([, step]) => step["id"]));
    return [...everyStep(more)].flatMap(([pointer, step]) => (left.has(step["id"]!) ? [] : [change === "removed" ? { change, before: pointer } : { change, after: pointer }]));
  };

  test("without its shadows, it is the later one", () => {
    fc.assert(
      fc.property(definitions, fc.nat(), (before, seed) => {
        const all = pointers(before);
        const after = removeStep(before, all[seed % all.length]!);
        const shown = merged(before, after, gone(before, after, "removed"));
        const shadows = pointers(shown.definition).filter((pointer) => shown.marks[pointer]?.change === "removed");
        expect(shadows.length).toBe(all.length - pointers(after).length);
        let stripped = shown.definition;
        for (const shadow of shadows.toReversed()) if (isFields(at(stripped, shadow))) stripped = removeStep(stripped, shadow);
        expect(stripped).toEqual(after);
        expect(shown.definition).toEqual(before);
      }),
    );
  });

  test("what is new or changed is marked where it stands", () => {
    fc.assert(
      fc.property(definitions, fc.nat(), (after, seed) => {
        const all = pointers(after);
        const before = removeStep(after, all[seed % all.length]!);
        const { definition, marks } = merged(before, after, gone(before, after, "added"));
        expect(definition).toEqual(after);
        expect(Object.keys(marks).toSorted()).toEqual(gone(before, after, "added").map((each) => each.after!).toSorted());
      }),
    );
  });

  test("a step whose block is gone stands behind where the block was", () => {
    const before: Definition = { name: "W", steps: [{ id: "a", set: 1 }, { id: "p", parallel: { x: [{ id: "b", set: 1 }], y: [{ id: "c", set: 1 }] } }] };
    const after: Definition = { name: "W", steps: [{ id: "a", set: 1 }, { id: "p", parallel: { y: [{ id: "c", set: 1 }] } }] };
    const { definition, marks } = merged(before, after, [{ change: "removed", before: "/steps/1/parallel/x/0" }, { change: "changed", before: "/steps/1", after: "/steps/1" }]);
    expect(definition.steps.map((step) => step["id"])).toEqual(["a", "p", "b"]);
    expect(marks).toEqual({ "/steps/1": { change: "changed" }, "/steps/2": { change: "removed" } });
  });
});

describe("walking with the arrow keys", () => {
  test("down comes to every first-lane step and up leads back the same way", () => {
    fc.assert(
      fc.property(definitions, (definition) => {
        const way: string[] = [];
        for (let here = neighbour(definition, null, "down"); here !== null && way.at(-1) !== here; here = neighbour(definition, here, "down")) way.push(here);
        for (let index = way.length - 1; index > 0; index -= 1) expect(neighbour(definition, way[index]!, "up")).toBe(way[index - 1]);
      }),
    );
  });

  test("every step can be reached", () => {
    fc.assert(
      fc.property(definitions, (definition) => {
        const reached = new Set(["/steps/0"]);
        for (const pointer of reached) for (const direction of ["down", "right", "left", "up"] as const) reached.add(neighbour(definition, pointer, direction)!);
        expect([...reached].toSorted()).toEqual(pointers(definition).toSorted());
      }),
    );
  });

  test("a step's parent holds it", () => {
    fc.assert(
      fc.property(definitions, (definition) => {
        for (const pointer of pointers(definition)) {
          const holders = pointers(definition).filter((other) => pointer.startsWith(`${other}/`));
          expect(parentOf(definition, pointer)).toBe(holders.at(-1));
        }
      }),
    );
  });
});

describe("the drawing read back", () => {
  /** A definition put together from nothing but what the drawing shows. */
  const readBack = (drawn: Definition): Definition => {
    const { items } = layout(drawn);
    let definition: Definition = { name: drawn.name, steps: [] };
    for (const item of items) {
      if (item.type === "lane") definition = put(definition, item.id.slice(0, -"#lane".length), []);
      else if (item.type === "step" || item.type === "block") definition = put(definition, item.pointer, emptied(item.step));
    }
    return definition;
  };
  const emptied = (step: Json): Json => {
    if (Array.isArray(step)) return step.every((inner) => isFields(inner) && "id" in inner) ? [] : step.map(emptied);
    return isFields(step) ? Object.fromEntries(Object.entries(step).map(([key, inner]) => [key, emptied(inner)])) : step;
  };

  test("is the definition", () => {
    fc.assert(
      fc.property(definitions, (definition) => {
        expect(readBack(definition)).toEqual(definition);
      }),
    );
  });
});

test("steps go to the clipboard and come back", () => {
  fc.assert(
    fc.property(definitions, ({ steps }) => {
      expect(fromText(toText(steps))).toEqual(steps);
    }),
  );
  expect(fromText("just words")).toEqual([]);
  expect(fromText("{a: 1}")).toEqual([]);
  expect(fromText("name: W\nsteps:\n  - set: 1\n")).toEqual([{ set: 1 }]);
});

describe("comparing", () => {
  test("differences lead from one value to the other", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const [before, after] = [JSON.parse(JSON.stringify(a)), JSON.parse(JSON.stringify(b))] as [Json, Json];
        for (const { path, before: left, after: right } of differences(before, after)) {
          expect(at(before, path)).toEqual(left);
          expect(at(after, path)).toEqual(right);
        }
        expect(differences(before, before)).toEqual([]);
        if (differences(before, after).length === 0) expect(before).toEqual(after);
      }),
    );
    expect(differences({ [part("a")]: [1, 2] }, { a: [1] })).toEqual([{ path: "/a/1", before: 2, after: undefined }]);
  });

  test("steps that belong together stand side by side", () => {
    const run = (id: string, status: string): Compared => ({ pointer: `/${id}`, id, name: id, kind: "set", status, started_at: null, stopped_at: null });
    const found = pairs([run("a", "succeeded"), run("b", "failed")], [run("b", "succeeded"), run("c", "succeeded")]);
    expect(found.map(({ key, differs }) => [key, differs])).toEqual([["a", true], ["b", true], ["c", true]]);
    expect(pairs([run("a", "succeeded")], [run("a", "succeeded")])[0]?.differs).toBe(false);
  });
});

describe("time", () => {
  const time = (ms: number): string => new Date(ms).toISOString();

  test("every span lies on the axis", () => {
    fc.assert(
      fc.property(fc.nat(1e9), fc.nat(1e6), fc.nat(1e6), (begin, offset, length) => {
        const part = { started_at: time(begin + offset), stopped_at: time(begin + offset + length) };
        const axis = axisOf({ started_at: time(begin), stopped_at: null }, [part], begin);
        const { left, width } = place(part, axis);
        expect(left).toBeGreaterThanOrEqual(0);
        expect(left + width).toBeLessThanOrEqual(1 + 1e-9);
        expect(ticks(axis).length).toBeLessThanOrEqual(7);
      }),
    );
  });

  test("lengths are short", () => {
    expect([0, 999, 1000, 1500, 90_000, 5_400_000, 172_800_000].map(span)).toEqual(["0 ms", "999 ms", "1 s", "1.5 s", "1.5 min", "1.5 h", "2 d"]);
  });
});

test("errors are told in words", () => {
  expect(inWords(null, null)).toBeNull();
  expect(inWords("Http.Unreachable", '{"errorMessage": "refused", "stackTrace": []}')).toMatchObject({ title: "The server could not be reached", detail: "refused" });
  expect(inWords("Sold.Out", "nothing is left")).toEqual({ title: "Sold.Out", detail: "nothing is left", hint: null });
  expect(inWords("Http.Odd", "")?.title).toBe("The HTTP call did not work");
  expect(message("State 'a': {broken")).toBe("State 'a': {broken");
  expect(calledWith({ FunctionName: "f", Payload: { key: "k", with: { url: "u" } } })).toEqual({ url: "u" });
  expect(calledWith({ QueueUrl: "q" })).toEqual({ QueueUrl: "q" });
});

test("findings stand at their innermost step, the worst first", () => {
  expect(stepOf("/steps/1/choose/0/steps/2/set/x")).toBe("/steps/1/choose/0/steps/2");
  expect(stepOf("/triggers/0")).toBeUndefined();
  expect(sentence({ pointer: "/steps/0/set/score", detail: "is not valid JSONata: ends too early" })).toBe("“score” is not valid JSONata: ends too early.");
  expect(sentence({ pointer: "/steps/0", detail: "Nothing comes here.", suggestion: "Remove it." })).toBe("Nothing comes here. Remove it.");
  const found = problemsOf([{ pointer: "/steps/0/set", severity: "warning" }, { pointer: "/steps/0", severity: "error" }, { pointer: "/steps/1", severity: "note" }]);
  expect(found).toEqual({ "/steps/0": { problem: "error" } });
  expect(layered(found, { "/steps/0": { status: "failed" } })).toEqual({ "/steps/0": { problem: "error", status: "failed" } });
});
