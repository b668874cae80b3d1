/** Where one can go, and which permission it takes to see anything there. */

import {
  Activity, BellRing, Blocks, Braces, ChartNoAxesCombined, FileChartColumn, HardDrive, Inbox, LayoutTemplate, Plug, Settings, Sparkles, Table2, Webhook, Workflow, type LucideIcon,
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
      { to: "/connectors", label: "Connectors", icon: Blocks, permission: "connectors:read" },
      { to: "/webhooks", label: "Webhooks", icon: Webhook, permission: "executions:read" },
      { to: "/apis", label: "APIs", icon: Braces, permission: "workflows:read" },
      { to: "/tables", label: "Tables", icon: Table2, permission: "tables:read" },
      { to: "/files", label: "Files", icon: HardDrive, permission: "files:read" },
    ],
  },
  {
    title: "Understand",
    places: [
      { to: "/dashboards", label: "Dashboards", icon: ChartNoAxesCombined, permission: "reports:read", scoped: true },
      { to: "/reports", label: "Reports", icon: FileChartColumn, permission: "reports:read", scoped: true },
      { to: "/notifications", label: "Notifications", icon: BellRing, permission: "notifications:read" },
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
