/** The pages and their addresses. Heavy ones are loaded when they are first opened. */

import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from "@tanstack/react-router";

import { ExecutionList, readSearch } from "../executions/ExecutionList";
import { WorkflowList } from "../workflows/WorkflowList";
import { renew, token } from "./session";
import { Shell } from "./Shell";
import { SignIn } from "./SignIn";

const root = createRootRoute({ component: Outlet });

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  component: SignIn,
  validateSearch: (search: Record<string, unknown>): { to?: string } =>
    typeof search["to"] === "string" && search["to"].startsWith("/") && !search["to"].startsWith("//") ? { to: search["to"] } : {},
});

const inside = createRoute({
  getParentRoute: () => root,
  id: "inside",
  component: Shell,
  beforeLoad: async ({ location }) => {
    if (token() === null && !(await renew())) throw redirect({ to: "/sign-in", search: { to: location.href } });
  },
});

const home = createRoute({
  getParentRoute: () => inside,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/workflows" });
  },
});
const workflows = createRoute({ getParentRoute: () => inside, path: "/workflows", component: WorkflowList });
const builder = createRoute({
  getParentRoute: () => inside,
  path: "/workflows/$workflowId",
  component: lazyRouteComponent(() => import("../builder/Builder"), "BuilderPage"),
});
const executions = createRoute({ getParentRoute: () => inside, path: "/executions", component: ExecutionList, validateSearch: readSearch });
const execution = createRoute({
  getParentRoute: () => inside,
  path: "/executions/$executionId",
  component: lazyRouteComponent(() => import("../executions/ExecutionPage"), "ExecutionPage"),
});

const comparison = createRoute({
  getParentRoute: () => inside,
  path: "/executions/$executionId/compare/$otherId",
  component: lazyRouteComponent(() => import("../executions/ComparePage"), "ComparePage"),
});

export const router = createRouter({
  routeTree: root.addChildren([signIn, inside.addChildren([home, workflows, builder, executions, execution, comparison])]),
  defaultPreload: "intent",
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
