import fc from "fast-check";
import { expect, test } from "vitest";

import { definitions } from "./arbitrary";
import { setField } from "./edit";
import { read, write } from "./yaml";

test("what is written is read back, whatever was there before", () => {
  fc.assert(
    fc.property(definitions, fc.option(definitions), (definition, before) => {
      const old = before === null ? null : write(before, null);
      expect(read(write(definition, old))).toEqual({ definition });
    }),
  );
});

const TEXT = `# orders
name: Orders # the shop's
steps:
  # first of all
  - id: a
    set: "{% $trigger.body %}"
  - {id: b, set: 2} # second
`;

test("an unchanged definition is written as it was", () => {
  const found = read(TEXT);
  expect("definition" in found && write(found.definition, TEXT)).toBe(TEXT.replace("{id: b, set: 2}", "{ id: b, set: 2 }"));
});

test("comments outlive a change", () => {
  const found = read(TEXT);
  if (!("definition" in found)) throw new Error("not read");
  const text = write(setField(found.definition, "/steps/0", { name: "A" }), TEXT);
  for (const kept of ["# orders", "# the shop's", "# first of all", "# second", "name: A"]) expect(text).toContain(kept);
});

test("what is no definition is said in a sentence", () => {
  expect(read("a: [")).toHaveProperty("problem");
  expect(read("[1]")).toEqual({ problem: "A definition is an object with “steps”." });
});
