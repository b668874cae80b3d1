/** Settings: one's own, and the workspace's, each section loaded when it is opened. */

import { Link, useParams } from "@tanstack/react-router";
import { lazy, Suspense, type ComponentType, type LazyExoticComponent } from "react";

import { useAccount, useCan } from "../api/account";
import { Page, Skeleton } from "../ui/page";

interface Part {
  name: string;
  label: string;
  lead: string;
  permission?: string;
  page: LazyExoticComponent<ComponentType>;
}

const of = <K extends string>(load: () => Promise<Record<K, ComponentType>>, name: K): LazyExoticComponent<ComponentType> =>
  lazy(async () => ({ default: (await load())[name] }));

const GROUPS: readonly { title: string; parts: readonly Part[] }[] = [
  {
    title: "You",
    parts: [
      { name: "profile", label: "Profile", lead: "Your name, address and account.", page: of(() => import("./Profile"), "Profile") },
      { name: "security", label: "Security", lead: "Password, second factor, and where you are signed in.", page: of(() => import("./Security"), "Security") },
      { name: "preferences", label: "Notifications", lead: "What reaches you, how, and when.", page: of(() => import("./Preferences"), "Preferences") },
    ],
  },
  {
    title: "Workspace",
    parts: [
      { name: "general", label: "General", lead: "Name, sessions, failures, variables.", permission: "workspace:read", page: of(() => import("./General"), "General") },
      { name: "people", label: "People", lead: "Members and invitations.", permission: "members:read", page: of(() => import("./People"), "People") },
      { name: "roles", label: "Roles", lead: "What each role may do.", permission: "access:read", page: of(() => import("./Roles"), "Roles") },
      { name: "access", label: "Groups and grants", lead: "Who works together, and who may do more in places.", permission: "access:read", page: of(() => import("./Access"), "Access") },
      { name: "sign-in", label: "Single sign-on", lead: "Identity providers and provisioning.", permission: "identity:read", page: of(() => import("./SignInSettings"), "SignInSettings") },
      { name: "keys", label: "API keys", lead: "Keys and service accounts for programs.", permission: "keys:read", page: of(() => import("./Keys"), "Keys") },
      { name: "usage", label: "Usage and limits", lead: "The plan, and what is left of it.", permission: "workspace:read", page: of(() => import("./Usage"), "Usage") },
      { name: "audit", label: "Audit log", lead: "Every change, who made it, and from where.", permission: "audit:read", page: of(() => import("./Audit"), "Audit") },
    ],
  },
];

export function SettingsPage() {
  const { section } = useParams({ from: "/inside/settings/$section" });
  const account = useAccount();
  const can = useCan();
  const groups = GROUPS.map((group) => ({ ...group, parts: group.parts.filter(({ permission }) => permission === undefined || can(permission)) })).filter(({ parts }) => parts.length > 0);
  const part = groups.flatMap(({ parts }) => parts).find(({ name }) => name === section);
  const Body = part?.page;
  return (
    <Page title={part?.label ?? "Settings"} lead={part?.lead}>
      <div className="subnav-page">
        <nav className="subnav" aria-label="Settings">
          {groups.map(({ title, parts }) => [
            <div key={title} className="group-title" aria-hidden>{title}</div>,
            ...parts.map(({ name, label }) => <Link key={name} to="/settings/$section" params={{ section: name }} activeProps={{ className: "active", "aria-current": "page" }}>{label}</Link>),
          ])}
        </nav>
        <div className="stack" style={{ gap: 26 }}>
          {Body !== undefined ? <Suspense fallback={<Skeleton />}><Body /></Suspense> : account.isSuccess ? <p className="banner info">There is no such section, or your role does not include it.</p> : <Skeleton />}
        </div>
      </div>
    </Page>
  );
}
