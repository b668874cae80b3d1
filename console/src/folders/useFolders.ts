/** The workspace's folders, as far as somebody sees them. */

import { useAccount, useCan } from "../api/account";
import { api } from "../api/client";
import { useLoad } from "../api/use";
import { ordered, type Placed } from "./tree";

export function useFolders(): Placed[] {
  const can = useCan();
  const guest = useAccount().data?.role === "guest";
  const found = useLoad(["folders"], () => api.GET("/v1/folders"), { enabled: can("folders:read") || guest, stale: 30_000 });
  return ordered(found.data ?? []);
}
