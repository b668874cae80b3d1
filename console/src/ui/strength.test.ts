import { describe, expect, it } from "vitest";

import { strengthOf } from "./strength";

describe("the strength of passwords", () => {
  it("knows what everybody tries", async () => {
    expect(await strengthOf("password1234")).toBeLessThanOrEqual(1);
    expect(await strengthOf("qwertyuiop12")).toBeLessThanOrEqual(1);
    expect(await strengthOf("correct lamb paperclip Ötzi 7")).toBe(4);
  });

  it("knows what is known of its owner", async () => {
    const own = ["adalovelace"];
    expect(await strengthOf("adalovelace1", own)).toBeLessThan(await strengthOf("adalovelace1"));
  });

  it("takes no time for a long one", async () => {
    expect(await strengthOf("ab1!".repeat(5000))).toBeTypeOf("number");
  });
});
