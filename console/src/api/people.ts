/** Whom one can name: members by address, roles, groups. */

import type { Choice } from "../ui/forms";
import { useCan } from "./account";
import { api } from "./client";
import { useLoad } from "./use";

const ROLES = ["owner", "admin", "editor", "operator", "approver"];

/** Suggestions for fields that take people. */
export function usePeople(): Choice[] {
  const can = useCan();
  const members = useLoad(["members", "suggestions"], () => api.GET("/v1/members", { params: { query: { limit: 100 } } }), { enabled: can("members:read"), stale: 60_000 });
  const groups = useLoad(["groups"], () => api.GET("/v1/groups"), { enabled: can("access:read"), stale: 60_000 });
  return [
    ...(members.data?.items ?? []).filter((each) => each.active).map(({ name, email }) => ({ value: email, label: name })),
    ...ROLES.map((role) => ({ value: `role:${role}`, label: `Everybody with the role ${role}` })),
    ...(groups.data ?? []).map(({ name }) => ({ value: `group:${name}`, label: `The group ${name}` })),
  ];
}
