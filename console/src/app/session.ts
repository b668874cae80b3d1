/** Who is signed in. The access token stays in memory; the refresh token is a cookie that no script reads, so it survives a reload and is out of reach of whatever runs in the page. */

import { useSyncExternalStore } from "react";

export interface Session {
  token: string;
  workspaceId: string;
  role: string;
  mustEnrol: boolean;
}

interface Wire {
  token: string;
  workspace_id: string;
  role: string;
  must_enrol: boolean;
}

/** Says that there may be a session to go on with; it is no secret. */
const KEY = "statewright.signed-in";
/** Asks for the refresh token as a cookie, and lets the next refresh use it. */
export const AS_COOKIE = { "x-refresh-token": "cookie" };
const WORKSPACE = "statewright.workspace";
const listeners = new Set<() => void>();
let current: Session | null = null;
let renewing: Promise<boolean> | null = null;
let entering: Promise<boolean> | null = null;

const tell = (): void => listeners.forEach((listener) => listener());

/** Keeps a session that the server gave. */
export function begin(wire: Wire): void {
  current = {
    token: wire.token,
    workspaceId: wire.workspace_id,
    role: wire.role,
    mustEnrol: wire.must_enrol,
  };
  localStorage.setItem(KEY, "yes");
  localStorage.setItem(WORKSPACE, wire.workspace_id);
  tell();
}

/** Forgets the session in this browser. */
export function end(): void {
  current = null;
  localStorage.removeItem(KEY);
  tell();
}

/** The workspace that was last open in this browser: its ways to sign in are offered. */
export const lastWorkspace = (): string | null => localStorage.getItem(WORKSPACE);

export const token = (): string | null => current?.token ?? null;

/** Trades the refresh token for the next session; false where one must sign in again. A refresh token works once, so calls share one request. */
export function renew(): Promise<boolean> {
  renewing ??= trade().finally(() => {
    renewing = null;
  });
  return renewing;
}

async function trade(): Promise<boolean> {
  if (localStorage.getItem(KEY) === null) return false;
  const answer = await post("/v1/auth/sessions/refresh", {});
  if (answer.ok) begin((await answer.json()) as Wire);
  else if (answer.status === 401 || answer.status === 422) end();
  // A server that cannot answer now has not ended the session: nobody is sent to sign in.
  else if (answer.status >= 500) throw new TypeError("Failed to fetch the session");
  return answer.ok;
}

/** Begins a session with whatever there is: the code that an identity provider's sign-in leaves behind `#`, or the refresh token. */
export function enter(hash: string): Promise<boolean> {
  const code = new URLSearchParams(hash.replace(/^#/, "")).get("code");
  if (code === null) return renew();
  entering ??= exchange(code);
  return entering;
}

/** A code works once, and a page may ask for its session twice. */
async function exchange(code: string): Promise<boolean> {
  const answer = await post("/v1/auth/sessions/exchange", { code });
  if (answer.ok) begin((await answer.json()) as Wire);
  // The router notices this and asks again: by now there is a session.
  history.replaceState(null, "", location.pathname + location.search);
  return answer.ok;
}

const post = (path: string, body: unknown): Promise<Response> =>
  fetch(path, { method: "POST", headers: { "content-type": "application/json", ...AS_COOKIE }, body: JSON.stringify(body) });

/** The session, as a hook. */
export const useSession = (): Session | null =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
