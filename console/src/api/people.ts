/** Whom one can name: members by address, roles, groups. */

import type { Choice } from "../ui/forms";
import { useCan } from "./account";
import { api } from "./client";
import { useLoad } from "./use";

const ROLES = ["owner", "admin", "editor", "operator", "approver"];

const useMembers = () => {
  const can = useCan();
  return useLoad(["members", "suggestions"], () => api.GET("/v1/members", { params: { query: { limit: 100 } } }), { enabled: can("members:read"), stale: 60_000 });
};

/** Who did something, in words: a member by name, else what kind of thing it was. */
export function useWho(): (actor: string) => string {
  const members = useMembers();
  const names = new Map((members.data?.items ?? []).map(({ user_id, name, email }) => [user_id, name || email]));
  return (actor) => {
    const [kind = "", id = ""] = actor.split(/:(.*)/s);
    if (kind === "user") return names.get(id) ?? "somebody who left";
    return KINDS[kind] ?? actor;
  };
}

const KINDS: Record<string, string> = { execution: "a workflow", system: "Statewright", key: "an API key", api_key: "an API key", service: "a service account", service_account: "a service account" };

/** Suggestions for fields that take people. */
export function usePeople(): Choice[] {
  const can = useCan();
  const members = useMembers();
  const groups = useLoad(["groups"], () => api.GET("/v1/groups"), { enabled: can("access:read"), stale: 60_000 });
  return [
    ...(members.data?.items ?? []).filter((each) => each.active).map(({ name, email }) => ({ value: email, label: name })),
    ...ROLES.map((role) => ({ value: `role:${role}`, label: `Everybody with the role ${role}` })),
    ...(groups.data ?? []).map(({ name }) => ({ value: `group:${name}`, label: `The group ${name}` })),
  ];
}
