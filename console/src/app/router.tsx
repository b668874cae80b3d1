/** The pages and their addresses. Each area is loaded when it is first opened. */

import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, redirect, type RouteComponent } from "@tanstack/react-router";

import { ExecutionList, readSearch } from "../executions/ExecutionList";
import { Broken } from "./Broken";
import { Lost } from "./Lost";
import { enter, token } from "./session";
import { Shell } from "./Shell";

type Words = Record<string, string | undefined>;

/** The search parameters that are texts. */
const texts = (search: Record<string, unknown>, ...names: string[]): Words =>
  Object.fromEntries(names.flatMap((name) => (typeof search[name] === "string" || typeof search[name] === "number" ? [[name, String(search[name])]] : [])));

const root = createRootRoute({ component: Outlet, notFoundComponent: Lost });

const outside = <const P extends string>(path: P, component: RouteComponent) => createRoute({ getParentRoute: () => root, path, component });
const entrance = (name: keyof typeof import("../entrance/pages")) => lazyRouteComponent(() => import("../entrance/pages"), name);

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  component: lazyRouteComponent(() => import("../entrance/SignIn"), "SignIn"),
  validateSearch: (search: Record<string, unknown>): { to?: string; workspace?: string } => {
    const { to, workspace } = texts(search, "to", "workspace");
    const own = to !== undefined && to.startsWith("/") && !to.startsWith("//") ? { to } : {};
    return workspace === undefined ? own : { ...own, workspace };
  },
});

const inside = createRoute({
  getParentRoute: () => root,
  id: "inside",
  component: Shell,
  beforeLoad: async ({ location }) => {
    if (token() === null && !(await enter(location.hash))) throw redirect({ to: "/sign-in", search: { to: location.pathname + location.searchStr } });
  },
});

const home = createRoute({
  getParentRoute: () => inside,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/workflows" });
  },
});

const connections = createRoute({
  getParentRoute: () => inside,
  path: "/connections",
  component: lazyRouteComponent(() => import("../connections/ConnectionList"), "ConnectionList"),
  validateSearch: (search: Record<string, unknown>): { add?: string; from?: string } => {
    const { add, from } = texts(search, "add", "from");
    return { ...(add === undefined ? {} : { add }), ...(from === undefined ? {} : { from }) };
  },
});

const workflows = createRoute({
  getParentRoute: () => inside,
  path: "/workflows",
  component: lazyRouteComponent(() => import("../workflows/WorkflowList"), "WorkflowList"),
  validateSearch: (search: Record<string, unknown>): { folder?: string } => {
    const { folder } = texts(search, "folder");
    return folder === undefined ? {} : { folder };
  },
});

/** A file whose rows are to be imported. */
const imported = (search: Record<string, unknown>): { import?: string } => {
  const { import: file } = texts(search, "import");
  return file === undefined ? {} : { import: file };
};

const tables = createRoute({
  getParentRoute: () => inside,
  path: "/tables",
  component: lazyRouteComponent(() => import("../tables/TableList"), "TableList"),
  validateSearch: imported,
});

const table = createRoute({
  getParentRoute: () => inside,
  path: "/tables/$table",
  component: lazyRouteComponent(() => import("../tables/TablePage"), "TablePage"),
  validateSearch: imported,
});

const files = createRoute({
  getParentRoute: () => inside,
  path: "/files",
  component: lazyRouteComponent(() => import("../files/FilesPage"), "FilesPage"),
  validateSearch: (search: Record<string, unknown>): { folder?: string } => {
    const { folder } = texts(search, "folder");
    return folder === undefined ? {} : { folder };
  },
});

const executions = createRoute({ getParentRoute: () => inside, path: "/executions", component: ExecutionList, validateSearch: readSearch });

const settings = createRoute({
  getParentRoute: () => inside,
  path: "/settings",
  beforeLoad: () => {
    throw redirect({ to: "/settings/$section", params: { section: "profile" } });
  },
});

const page = <const P extends string>(path: P, component: RouteComponent) => createRoute({ getParentRoute: () => inside, path, component });

const routes = [
  signIn,
  outside("/register", entrance("Register")),
  outside("/forgot-password", entrance("ForgotPassword")),
  outside("/reset-password", entrance("ResetPassword")),
  outside("/verify-email", entrance("VerifyEmail")),
  outside("/accept-invitation", entrance("AcceptInvitation")),
  outside("/view", lazyRouteComponent(() => import("../analytics/SharedDashboard"), "SharedDashboard")),
  outside("/connected", entrance("Connected")),
  inside.addChildren([
    home,
    workflows,
    page("/workflows/$workflowId", lazyRouteComponent(() => import("../builder/Builder"), "BuilderPage")),
    executions,
    page("/executions/$executionId", lazyRouteComponent(() => import("../executions/ExecutionPage"), "ExecutionPage")),
    page("/executions/$executionId/compare/$otherId", lazyRouteComponent(() => import("../executions/ComparePage"), "ComparePage")),
    page("/templates", lazyRouteComponent(() => import("../templates/Gallery"), "Gallery")),
    page("/templates/$templateId", lazyRouteComponent(() => import("../templates/TemplatePage"), "TemplatePage")),
    page("/assistant", lazyRouteComponent(() => import("../assistant/Assistant"), "Assistant")),
    page("/inbox", lazyRouteComponent(() => import("../inbox/InboxPage"), "InboxPage")),
    page("/inbox/$taskId", lazyRouteComponent(() => import("../inbox/TaskPage"), "TaskPage")),
    connections,
    page("/connectors", lazyRouteComponent(() => import("../connectors/ConnectorList"), "ConnectorList")),
    page("/connectors/$connector", lazyRouteComponent(() => import("../connectors/ConnectorPage"), "ConnectorPage")),
    page("/connections/$connectionId", lazyRouteComponent(() => import("../connections/ConnectionPage"), "ConnectionPage")),
    page("/dashboards", lazyRouteComponent(() => import("../analytics/DashboardList"), "DashboardList")),
    page("/dashboards/$dashboardId", lazyRouteComponent(() => import("../analytics/DashboardPage"), "DashboardPage")),
    page("/reports", lazyRouteComponent(() => import("../analytics/ReportList"), "ReportList")),
    page("/reports/$reportId", lazyRouteComponent(() => import("../analytics/ReportPage"), "ReportPage")),
    page("/webhooks", lazyRouteComponent(() => import("../webhooks/WebhooksPage"), "WebhooksPage")),
    page("/webhooks/$webhookId", lazyRouteComponent(() => import("../webhooks/EndpointPage"), "EndpointPage")),
    tables,
    files,
    table,
    page("/apis", lazyRouteComponent(() => import("../apis/ApiList"), "ApiList")),
    page("/notifications", lazyRouteComponent(() => import("../notifications/NotificationsPage"), "NotificationsPage")),
    page("/notifications/templates/$templateId", lazyRouteComponent(() => import("../notifications/TemplatePage"), "TemplateEditorPage")),
    page("/messages", lazyRouteComponent(() => import("../notifications/Messages"), "Messages")),
    settings,
    page("/settings/$section", lazyRouteComponent(() => import("../settings/SettingsPage"), "SettingsPage")),
  ]),
] as const;

export const router = createRouter({
  routeTree: root.addChildren(routes),
  defaultPreload: "intent",
  defaultErrorComponent: Broken,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
