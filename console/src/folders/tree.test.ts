import fc from "fast-check";
import { expect, it } from "vitest";

import { ordered, type Folder } from "./tree";

const folder = (id: number, parent: number | null): Folder => ({ id: String(id), name: `f${id % 3}`, parent_id: parent === null ? null : String(parent), workflows: 0 });

it("puts folders before what lies in them", () => {
  const found = ordered([folder(2, 1), folder(1, null), folder(3, 9)]);
  expect(found.map(({ id, depth, path }) => [id, depth, path])).toEqual([["3", 0, "f0"], ["1", 0, "f1"], ["2", 1, "f1 / f2"]]);
});

it("shows every folder of any tree once, parents first", () => {
  // Each folder lies in an earlier one or at the top, in whatever order they come.
  const trees = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 20 }).chain((choices) =>
    fc.shuffledSubarray(choices.map((choice, at) => folder(at, choice >= at ? null : choice)), { minLength: choices.length }));
  fc.assert(fc.property(trees, (folders) => {
    const ids = ordered(folders).map(({ id }) => id);
    expect([...ids].sort()).toEqual(folders.map(({ id }) => id).sort());
    for (const { id, parent_id: parent } of folders) if (parent !== null) expect(ids.indexOf(parent)).toBeLessThan(ids.indexOf(id));
  }));
});
