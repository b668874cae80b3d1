import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { read, shown, typed } from "./values";

describe("values of tables", () => {
  it("come back as they were", () => {
    fc.assert(fc.property(fc.string({ minLength: 1 }), (text) => { expect(read(typed(text, "text"), "text")).toBe(text); }));
    fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => { expect(read(typed(number, "number"), "number")).toBe(Object.is(number, -0) ? 0 : number); }));
    fc.assert(fc.property(fc.boolean(), (yes) => { expect(read(typed(yes, "boolean"), "boolean")).toBe(yes); }));
    fc.assert(fc.property(fc.jsonValue(), (value) => { expect(JSON.stringify(read(typed(value, "json"), "json"))).toBe(JSON.stringify(value)); }));
  });
  it("are refused where they are none of their type", () => {
    expect(() => read("{a", "json")).toThrow(SyntaxError);
    expect(() => read("seven", "number")).toThrow(SyntaxError);
  });
  it("are nothing where nothing was typed, and are shown in words", () => {
    expect(read("", "number")).toBeNull();
    expect([shown(null, "text"), shown(true, "boolean"), shown({ a: 1 }, "json")]).toEqual(["", "yes", '{"a":1}']);
  });
});
