/** Who is signed in, and what they may do. */

import { useQuery } from "@tanstack/react-query";

import { api, ok, type Schemas } from "./client";

export type Account = Schemas["Account"];

/** One's own account; kept for the whole visit. */
export const useAccount = () =>
  useQuery({ queryKey: ["account"], queryFn: () => ok(api.GET("/v1/auth/account")), staleTime: 60_000 });

/** Asks for permissions by name. Nobody may anything before the account is known. */
export function useCan(): (permission: string) => boolean {
  const held = useAccount().data?.permissions;
  return (permission) => held?.includes(permission) ?? false;
}
