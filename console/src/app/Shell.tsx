/** The frame around every page: where one can go, and who one is. */

import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useNavigate } from "@tanstack/react-router";
import { Activity, LogOut, Workflow } from "lucide-react";

import { api, ok } from "../api/client";
import { end } from "./session";

const PLACES = [
  { to: "/workflows", label: "Workflows", icon: Workflow },
  { to: "/executions", label: "Executions", icon: Activity },
] as const;

export function Shell() {
  const navigate = useNavigate();
  const account = useQuery({ queryKey: ["account"], queryFn: () => ok(api.GET("/v1/auth/account")) });
  const leave = async (): Promise<void> => {
    await api.POST("/v1/auth/sign-out").catch(() => undefined);
    end();
    await navigate({ to: "/sign-in", search: {} });
  };
  return (
    <div className="shell">
      <nav className="side" aria-label="Main">
        <Link to="/workflows" className="brand">
          <img src="/icon.svg" alt="" /> Statewright
        </Link>
        {PLACES.map(({ to, label, icon: Icon }) => (
          <Link key={to} to={to} className="item" activeProps={{ className: "active", "aria-current": "page" }}>
            <Icon size={17} aria-hidden /> <span>{label}</span>
          </Link>
        ))}
        <div className="bottom">
          <div className="who muted small" style={{ padding: "0 10px", overflow: "hidden", textOverflow: "ellipsis" }}>
            {account.data?.email}
          </div>
          <button type="button" className="button quiet" onClick={() => void leave()}>
            <LogOut size={16} aria-hidden /> <span className="who">Sign out</span>
          </button>
        </div>
      </nav>
      <main className="page" id="main">
        <Outlet />
      </main>
    </div>
  );
}
