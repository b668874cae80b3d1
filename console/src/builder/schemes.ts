/** The ways in which a webhook's senders prove who they are (docs/triggers.md). */

import type { Fields, Json } from "../graph/definition";

export interface Scheme {
  name: string;
  title: string;
  secret: boolean;
  fields: readonly { name: string; label: string; hint?: string }[];
}

const provider = (name: string, title: string): Scheme => ({ name, title, secret: true, fields: [] });

export const SCHEMES: readonly Scheme[] = [
  {
    name: "hmac", title: "a signature in a header", secret: true,
    fields: [
      { name: "header", label: "Header", hint: "x-signature" }, { name: "algorithm", label: "Algorithm" }, { name: "encoding", label: "Written as" },
      { name: "prefix", label: "After the prefix", hint: "sha256=" }, { name: "signs", label: "Signs", hint: "{body} unless you say otherwise; {timestamp}.{body}" },
      { name: "timestamp", label: "Header with the time" }, { name: "delivery", label: "Header with the delivery's id" },
    ],
  },
  provider("github", "GitHub"), provider("stripe", "Stripe"), provider("shopify", "Shopify"), provider("slack", "Slack"), provider("twilio", "Twilio"),
  provider("standard_webhooks", "Standard Webhooks"), provider("zoom", "Zoom"), provider("x", "X"), provider("dropbox", "Dropbox"),
  { name: "meta", title: "Meta", secret: true, fields: [{ name: "verify_token", label: "Connection with the verify token" }] },
  { name: "basic", title: "a name and password", secret: true, fields: [] },
  { name: "bearer", title: "a token", secret: true, fields: [{ name: "header", label: "Header", hint: "Empty: Authorization" }] },
  { name: "allow_list", title: "their address alone", secret: false, fields: [] },
];

/** A list as people write it. */
export const listed = (text: string): Json => {
  const items = text.split(",").map((each) => each.trim()).filter((each) => each !== "");
  return items.length === 0 ? "" : items;
};

/** `verify` of another scheme: what both have stays, what the new one does not know goes. */
export function verifyWith(name: string, before: Fields | undefined): Fields | undefined {
  if (name === "") return undefined;
  const scheme = SCHEMES.find((each) => each.name === name);
  const kept = new Set(["addresses", "window", ...(scheme?.secret === true ? ["secret"] : []), ...(scheme?.fields ?? []).map((field) => field.name)]);
  return { scheme: name, ...Object.fromEntries(Object.entries(before ?? {}).filter(([field]) => kept.has(field))) };
}
