import { expect, it } from "vitest";

import { listed, SCHEMES, verifyWith } from "./schemes";

it("keeps what both schemes have", () => {
  const hmac = { scheme: "hmac", secret: "shop", header: "x-signature", signs: "{body}", addresses: ["192.0.2.0/24"], window: "5m" };
  expect(verifyWith("github", hmac)).toEqual({ scheme: "github", secret: "shop", addresses: ["192.0.2.0/24"], window: "5m" });
  expect(verifyWith("bearer", hmac)).toEqual({ scheme: "bearer", secret: "shop", header: "x-signature", addresses: ["192.0.2.0/24"], window: "5m" });
  expect(verifyWith("allow_list", hmac)).toEqual({ scheme: "allow_list", addresses: ["192.0.2.0/24"], window: "5m" });
  expect(verifyWith("", hmac)).toBeUndefined();
});

it("names each scheme once", () => expect(new Set(SCHEMES.map(({ name }) => name)).size).toBe(SCHEMES.length));

it("reads lists with commas", () => {
  expect(listed(" 192.0.2.1 ,, 192.0.2.0/24")).toEqual(["192.0.2.1", "192.0.2.0/24"]);
  expect(listed(" , ")).toBe("");
});
