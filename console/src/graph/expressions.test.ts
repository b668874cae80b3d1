import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { complete, pathOf } from "./completion";
import type { Definition, Fields, Json } from "./definition";
import { evaluate, evaluateAll } from "./evaluate";
import { exampleOf, stepSamples, triggerSample, valuesFor } from "./samples";
import { namesAt } from "./scope";
import { beforeCursor, insertPath, piecesOf, wholeExpression } from "./template";

const VALUES: Fields = { customer: { email: "a@b.c", "post code": 1, tags: [{ name: "x" }, { size: 2 }] }, n: 3 };

describe("templates", () => {
  test("pieces are the text, whatever it is", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("a", "{%", "%}", " $x ", "{", "%", "}")), (parts) => {
        const text = parts.join("");
        const joined = piecesOf(text).map((piece) => (piece.kind === "text" ? piece.text : `{%${piece.text}%}`)).join("");
        expect(joined).toBe(text);
        for (const piece of piecesOf(text)) expect(text.slice(piece.from, piece.to)).toBe(piece.text);
      }),
    );
  });

  test("tell whole expressions from mixed texts, and where the cursor is", () => {
    expect(wholeExpression(" {% $a %} ")).toBe("$a");
    expect(wholeExpression("{% $a %} {% $b %}")).toBeUndefined();
    expect(beforeCursor("x {% $a. %}", 8)).toBe(" $a.");
    expect(beforeCursor("x {% $a %} y", 12)).toBeUndefined();
    expect(insertPath("Hi ", 3, 3, "$a")).toEqual({ text: "Hi {% $a %}", cursor: 11 });
    expect(insertPath("{% $sum() %}", 8, 8, "$a")).toEqual({ text: "{% $sum($a) %}", cursor: 10 });
  });
});

describe("evaluation", () => {
  test.each<[Json, Json | undefined]>([
    ["{% $n * 2 %}", 6],
    ["{% $customer.tags.name %}", "x"],
    ["Dear {% $customer.email %}: {% $n %}", "Dear a@b.c: 3"],
    [{ a: ["{% $n %}", 1], b: "{% $missing %}" }, { a: [3, 1] }],
    ["{% $missing %}", undefined],
    ["{% $partition([1,2,3], 2) %}", [[1, 2], [3]]],
    ["{% $range(1, 7, 3) %}", [1, 4, 7]],
    ["{% $hash('a', 'SHA-1') %}", "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"],
    ["{% $parse('[1]') %}", [1]],
  ])("%j", async (value, expected) => {
    expect(await evaluateAll(value, VALUES)).toEqual({ value: expected });
  });

  test("what is wrong is said in a sentence, and nothing runs for ever", async () => {
    for (const source of ["$a.(", "$sum('a')", "$nothing(1)", "($f := function(){ $f() + 1 }; $f())"]) {
      const found = await evaluate(source, VALUES);
      expect("problem" in found && found.problem).toMatch(/\.$/);
    }
  });
});

describe("completion", () => {
  const labels = (written: string): string[] => complete(written, [{ name: "customer", role: "step", title: "Customer" }], VALUES)?.options.map(({ label }) => label) ?? [];

  test("offers names, fields, fields of elements, and functions", () => {
    expect(labels("$cust")).toContain("$customer");
    expect(labels("1 + $")).toContain("$sum");
    expect(labels("$customer.")).toEqual(["email", "`post code`", "tags"]);
    expect(labels("$count($customer.tags[0].").toSorted()).toEqual(["name", "size"]);
    expect(labels("$customer.email.")).toEqual([]);
    expect(labels("1 + ")).toEqual([]);
  });

  test("a picked path gives the value that was picked", async () => {
    const keys = fc.array(fc.oneof(fc.string({ minLength: 1 }).filter((key) => !key.includes("`") && key !== "__proto__"), fc.nat(0)), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(keys, async (path) => {
        const value = path.reduceRight<Json>((inner, key) => (typeof key === "number" ? [inner] : { [key]: inner }), "found");
        expect(await evaluate(pathOf("x", path), { x: value })).toEqual({ value: "found" });
      }),
      { numRuns: 60 },
    );
  });
});

describe("samples", () => {
  const definition: Definition = {
    name: "W",
    input: { type: "object", properties: { items: { type: "array", items: { type: "object", properties: { sku: { type: "string", example: "lamp" } } } } } },
    steps: [
      { id: "call", use: "http.request" },
      { id: "pinned", set: 1, pin: { from: "pin" } },
      { id: "double", set: "{% $call.status * 2 %}" },
      { id: "each", for_each: "{% $trigger.body.items %}", as: "line", steps: [{ id: "s", set: 1 }] },
    ],
  };
  const results = (): Json => ({ type: "object", properties: { status: { type: "integer", minimum: 200 } } });

  test("come from pins, from the newest run, and from schemas", async () => {
    const names = namesAt(definition, "/steps/3/steps/0");
    const promised = await valuesFor(definition, names, stepSamples(definition, undefined, results), triggerSample(definition, undefined));
    expect(promised).toMatchObject({ call: { status: 200 }, double: 400, pinned: { from: "pin" }, line: { sku: "lamp" }, index: 0 });
    const run = { input: { items: [{ sku: "chair" }] }, trigger: "webhook", steps: [{ id: "call", status: "succeeded", output: { status: 404 } }, { id: "pinned", status: "succeeded", output: 1 }] };
    const seen = await valuesFor(definition, names, stepSamples(definition, run, results), triggerSample(definition, run));
    expect(seen).toMatchObject({ call: { status: 404 }, pinned: { from: "pin" }, line: { sku: "chair" } });
  });

  test("fit their schemas", () => {
    expect(exampleOf({ type: "array", items: { enum: ["a"] } })).toEqual(["a"]);
    expect(exampleOf({ type: ["number", "null"] })).toBe(1);
    expect(exampleOf({ default: 7 })).toBe(7);
  });
});
