/** Who is signed in. The refresh token survives a reload; the access token stays in memory. */

import { useSyncExternalStore } from "react";

export interface Session {
  token: string;
  refreshToken: string;
  workspaceId: string;
  role: string;
  mustEnrol: boolean;
}

interface Wire {
  token: string;
  refresh_token: string;
  workspace_id: string;
  role: string;
  must_enrol: boolean;
}

const KEY = "statewright.refresh";
const listeners = new Set<() => void>();
let current: Session | null = null;
let renewing: Promise<boolean> | null = null;

const tell = (): void => listeners.forEach((listener) => listener());

/** Keeps a session that the server gave. */
export function begin(wire: Wire): void {
  current = {
    token: wire.token,
    refreshToken: wire.refresh_token,
    workspaceId: wire.workspace_id,
    role: wire.role,
    mustEnrol: wire.must_enrol,
  };
  localStorage.setItem(KEY, wire.refresh_token);
  tell();
}

/** Forgets the session in this browser. */
export function end(): void {
  current = null;
  localStorage.removeItem(KEY);
  tell();
}

export const token = (): string | null => current?.token ?? null;

/** Trades the refresh token for the next session; false where one must sign in again. A refresh token works once, so calls share one request. */
export function renew(): Promise<boolean> {
  renewing ??= trade().finally(() => {
    renewing = null;
  });
  return renewing;
}

async function trade(): Promise<boolean> {
  const refreshToken = localStorage.getItem(KEY);
  if (refreshToken === null) return false;
  const answer = await fetch("/v1/auth/sessions/refresh", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ refresh_token: refreshToken }),
  });
  if (answer.ok) begin((await answer.json()) as Wire);
  else if (answer.status === 401 || answer.status === 422) end();
  return answer.ok;
}

/** The session, as a hook. */
export const useSession = (): Session | null =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
