import { describe, expect, it } from "vitest";

import { begun, contentOf, EMPTY, namesIn, same, sampleOf, speaks, unknown, type Content } from "./content";

const SCHEMA = { type: "object", properties: { name: { type: "string", example: "Ada" }, total: { type: "number" } } };
const said = (text: string, more: Partial<Content> = {}): Content => ({ ...contentOf(null), bodies: { en: { default: { ...EMPTY, text } } }, ...more });

describe("a template under edit", () => {
  it("knows the names that its texts take", () => {
    expect(namesIn(said("{{ name }} {{order.id}} {{- name }} {{ content }} {% if x %}").bodies)).toEqual(["name", "order"]);
  });
  it("has example data by its schema, with marks for what that does not know", () => {
    expect(sampleOf(said("{{ name }} {{ late }}", { data_schema: SCHEMA }))).toEqual({ name: "Ada", total: 1, late: "‹late›" });
    expect(sampleOf(said("{{ name }}"))).toEqual({ name: "‹name›" });
    expect(Object.keys(sampleOf({ ...contentOf(null), kind: "layout", bodies: begun("layout") }))).toEqual(["content"]);
  });
  it("is the same in whatever order the server keeps it", () => {
    const turned = { properties: SCHEMA.properties, type: "object" };
    expect(same(said("a", { data_schema: SCHEMA, layout: null }), said("a", { data_schema: turned, layout: "" }))).toBe(true);
    expect(same(said("a"), said("b"))).toBe(false);
  });
  it("is silent while a language says nothing", () => {
    expect([speaks(said("a")), speaks(said(" ")), speaks({ ...said("a"), bodies: { en: { default: { ...EMPTY, html: "<p>" } }, de: { sms: EMPTY } } })]).toEqual([true, false, false]);
  });
  it("tells of names that its schema does not know", () => {
    expect([unknown(said("{{ late }} {{ name }}", { data_schema: SCHEMA })), unknown(said("{{ late }}"))]).toEqual([["late"], []]);
  });
});
