/** Where one can go, and which permission it takes to see anything there. */

import {
  Activity, Inbox, LayoutTemplate, Plug, Settings, Sparkles, Workflow, type LucideIcon,
} from "lucide-react";

export interface Place {
  to: string;
  label: string;
  icon: LucideIcon;
  permission?: string;
  /** Grants on parts open it too, which the account's permissions do not tell. */
  scoped?: boolean;
}

export interface Group {
  title: string;
  places: readonly Place[];
}

export const GROUPS: readonly Group[] = [
  {
    title: "Automate",
    places: [
      { to: "/workflows", label: "Workflows", icon: Workflow },
      { to: "/executions", label: "Executions", icon: Activity },
      { to: "/inbox", label: "Inbox", icon: Inbox },
    ],
  },
  {
    title: "Create",
    places: [
      { to: "/templates", label: "Templates", icon: LayoutTemplate, permission: "workflows:read" },
      { to: "/assistant", label: "Describe it", icon: Sparkles, permission: "workflows:write" },
    ],
  },
  {
    title: "Connect",
    places: [
      { to: "/connections", label: "Connections", icon: Plug, permission: "connections:read", scoped: true },
    ],
  },
  { title: "Workspace", places: [{ to: "/settings", label: "Settings", icon: Settings }] },
];

/** The groups with what somebody may see. */
export function visible(role: string, can: (permission: string) => boolean): Group[] {
  const shown = ({ permission, scoped }: Place): boolean =>
    permission === undefined || can(permission) || (scoped === true && role === "guest");
  return GROUPS.map((group) => ({ ...group, places: group.places.filter(shown) })).filter(({ places }) => places.length > 0);
}
