/** The typed client: every call carries the session; errors are the server's problem documents. */

import createClient, { type Middleware } from "openapi-fetch";

import { AS_COOKIE, renew, token } from "../app/session";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];

/** What an operation takes. Schemas of one name in two services have longer names; operations do not. */
export type Asked<P extends keyof paths, M extends keyof paths[P]> = paths[P][M] extends { requestBody: { content: { "application/json": infer B } } } ? B : never;

/** What an operation answers with 200. */
export type Told<P extends keyof paths, M extends keyof paths[P]> = paths[P][M] extends { responses: { 200: { content: { "application/json": infer B } } } } ? B : never;

/** An RFC 9457 problem document. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly issues: { pointer: string; detail: string; suggestion?: string }[] = [],
  ) {
    super(detail || title);
  }
}

const authorize: Middleware = {
  onRequest({ request }) {
    const held = token();
    if (held !== null) request.headers.set("authorization", `Bearer ${held}`);
    if (new URL(request.url).pathname.startsWith("/v1/auth/")) {
      for (const [name, value] of Object.entries(AS_COOKIE)) request.headers.set(name, value);
    }
    return request;
  },
};

async function send(request: Request): Promise<Response> {
  const again = request.clone();
  const answer = await fetch(request);
  if (answer.status !== 401 || !(await renew())) return answer;
  again.headers.set("authorization", `Bearer ${token()}`);
  return fetch(again);
}

const client = createClient<paths>({ baseUrl: location.origin, fetch: send });
client.use(authorize);

export interface Outcome<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The answer's body.
 *
 * @throws Problem: the server refused, or could not be reached. */
export async function ok<T>(call: Promise<Outcome<T>>): Promise<T> {
  const { data, error, response } = await call.catch((error: unknown) => {
    if (error instanceof Problem) throw error;
    throw new Problem(0, "No connection", "The server does not answer. Is it running?");
  });
  if (response.ok) return data as T;
  const body = (typeof error === "object" && error !== null ? error : {}) as Record<string, unknown>;
  throw new Problem(
    response.status,
    String(body["title"] ?? "Something went wrong"),
    String(body["detail"] ?? ""),
    (body["errors"] as Problem["issues"] | undefined) ?? [],
  );
}

export const api = client;
