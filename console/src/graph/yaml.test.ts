import fc from "fast-check";
import { expect, test } from "vitest";

import { definitions } from "./arbitrary";
import { setField } from "./edit";
import { rangeOf, read, write } from "./yaml";

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
  expect("definition" in found && write(found.definition, TEXT)).toBe(TEXT);
});

test("what a change does not touch stays as it was laid out", () => {
  const long = `name: W\nsteps:\n- {id: a, use: email.send, with: {to: "{% $trigger.body.email %}", subject: A subject that is quite long, text: "And a text that is longer still"}}\n- {id: b, set: [1, 2]}\n`;
  const found = read(long);
  if (!("definition" in found)) throw new Error("not read");
  expect(write(setField(found.definition, "/steps/1", { set: 3 }), long)).toBe(long.replace("[1, 2]", "3"));
});

test("comments outlive a change", () => {
  const found = read(TEXT);
  if (!("definition" in found)) throw new Error("not read");
  const text = write(setField(found.definition, "/steps/0", { name: "A" }), TEXT);
  for (const kept of ["# orders", "# the shop's", "# first of all", "# second", "name: A"]) expect(text).toContain(kept);
});

test("a row of changes is written as if each text were read anew", () => {
  fc.assert(
    fc.property(definitions, definitions, definitions, (first, second, third) => {
      const one = write(second, `# kept\n${write(first, null)}`);
      const remembered = write(third, one);
      write(first, write(first, null));
      expect(write(third, one)).toBe(remembered);
    }),
  );
});

test("comments outlive a row of changes, and their order stays", () => {
  const found = read(TEXT);
  if (!("definition" in found)) throw new Error("not read");
  let [definition, text] = [found.definition, TEXT];
  for (const name of ["A", "Ab", "A\nb: #", "'"]) {
    definition = setField(definition, "/steps/1", { name });
    const next = write(definition, text);
    write(found.definition, "other: 1\nsteps: []\n");
    expect(write(definition, text)).toBe(next);
    expect(read(next)).toEqual({ definition });
    for (const kept of ["# orders", "# the shop's", "# first of all", "# second"]) expect(next).toContain(kept);
    text = next;
  }
});

test("what is no definition is said in a sentence", () => {
  expect(read("a: [")).toHaveProperty("problem");
  expect(read("[1]")).toEqual({ problem: "A definition is an object with “steps”." });
});

test("a pointer leads to its place in the text", () => {
  const said = (pointer: string): string => TEXT.slice(...rangeOf(TEXT, pointer)!);
  expect(said("/steps/0/set")).toBe('"{% $trigger.body %}"');
  expect(said("/steps/1/set")).toBe("2");
  expect(said("/steps/1/set/deeper/7")).toBe("2");
  expect(rangeOf("", "/steps")).toBeUndefined();
});
