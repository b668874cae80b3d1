/** Security keys and passkeys: what browsers and devices say to each other (WebAuthn, https://www.w3.org/TR/webauthn-3/). */

import { api, ok, Problem, type Outcome, type Schemas } from "./client";

/** Whether this browser can ask a device at all. */
export const canUseKeys = (): boolean => typeof PublicKeyCredential !== "undefined" && "parseCreationOptionsFromJSON" in PublicKeyCredential;

/** Asks a new device, and adds it to the account.
 *
 * @throws Problem: the server refused, or no device answered. */
export async function addDevice(ceremony: Schemas["Ceremony"], name: string): Promise<Outcome<Schemas["SecurityKeyAdded"]>> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(ceremony.options as unknown as PublicKeyCredentialCreationOptionsJSON);
  const credential = await asked(navigator.credentials.create({ publicKey }));
  return api.POST("/v1/auth/security-keys", { body: { ceremony: ceremony.ceremony, name, credential } });
}

/** Has a known device sign a sign-in's challenge, and begins the session.
 *
 * @throws Problem: the server refused, or no device answered. */
export async function answerChallenge(challenge: string): Promise<Schemas["Session"]> {
  const options = await ok(api.POST("/v1/auth/sessions/second-step/options", { body: { challenge } }));
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options as unknown as PublicKeyCredentialRequestOptionsJSON);
  const credential = await asked(navigator.credentials.get({ publicKey }));
  return ok(api.POST("/v1/auth/sessions/second-step", { body: { challenge, credential } }));
}

async function asked(asking: Promise<Credential | null>): Promise<Record<string, never>> {
  const found = await asking.catch((error: unknown) => {
    const known = error instanceof DOMException && error.name === "InvalidStateError";
    throw new Problem(0, "No device answered", known ? "This device has been added already." : "No security key answered. Plug it in or hold it near, and try again.");
  });
  if (!(found instanceof PublicKeyCredential)) throw new Problem(0, "No device answered", "No security key answered.");
  return found.toJSON() as unknown as Record<string, never>;
}
