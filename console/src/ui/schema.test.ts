import { expect, it } from "vitest";

import { inOrder } from "./schema";

it("shows what is needed first, in its own order", () => {
  const schema = { required: ["item", "team", "gone", "item"], properties: { why: {}, team: {}, item: {}, urgent: {} } };
  expect(inOrder(schema).map(([name]) => name)).toEqual(["item", "team", "why", "urgent"]);
  expect(inOrder({})).toEqual([]);
});
