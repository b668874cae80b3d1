import { describe, expect, it } from "vitest";

import { pollNames, pollValues } from "./poll";

const RESULT = { body: { orders: [{ number: 7 }, { number: 9 }] } };

describe("a polling trigger", () => {
  it("sees in each field what the server lets it see", () => {
    const names = (["with", "items", "key", "cursor"] as const).map((field) => pollNames(field).map(({ name }) => name));
    expect(names).toEqual([["cursor", "vars"], ["result", "vars"], ["item"], ["result", "items", "cursor"]]);
  });
  it("is worked out as a poll goes: items, one of them, where it has come to", async () => {
    const trigger = { items: "{% $result.body.orders %}", cursor: "{% $max($items.number) %}" };
    expect(await pollValues(trigger, RESULT)).toEqual({ result: RESULT, items: RESULT.body.orders, item: { number: 7 }, cursor: 9 });
  });
  it("takes one item as a list of it, and none where there is none", async () => {
    expect((await pollValues({}, { body: { id: 1 } }))["items"]).toEqual([{ id: 1 }]);
    expect(await pollValues({ items: "{% $result.nothing %}", cursor: "{% $max($items.id) %}" }, {})).toEqual({ result: {}, items: [], cursor: null });
    expect((await pollValues({ items: "{% $$$ ( %}" }, {}))["items"]).toEqual([]);
  });
});
