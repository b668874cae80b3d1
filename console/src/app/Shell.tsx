/** The frame around every page: where one can go, what is new, and who one is. */

import { Link, Outlet, useNavigate, useRouterState } from "@tanstack/react-router";
import { Menu, Search } from "lucide-react";
import { Dialog } from "radix-ui";
import { Suspense, useEffect, useState } from "react";

import { api } from "../api/client";
import { useAccount, useCan } from "../api/account";
import { useLoad } from "../api/use";
import { Toasts } from "../ui/toast";
import { Bell } from "./Bell";
import { Palette } from "./Palette";
import { visible } from "./places";
import { useSession } from "./session";
import { UserMenu } from "./UserMenu";
import { WorkspaceMenu } from "./WorkspaceMenu";

export function Shell() {
  const [drawer, setDrawer] = useState(false);
  const [palette, setPalette] = useState(false);
  const path = useRouterState({ select: ({ location }) => location.pathname });
  useEffect(() => setDrawer(false), [path]);
  useEnrolment();
  return (
    <div className="shell">
      <a className="skip" href="#main">Skip to the content</a>
      <nav className="side" aria-label="Main"><Navigation onSearch={() => setPalette(true)} /></nav>
      <div className="top">
        <button type="button" className="button quiet icon" aria-label="Open the menu" onClick={() => setDrawer(true)}><Menu size={19} aria-hidden /></button>
        <Link to="/workflows" className="brand"><img src="/icon.svg" alt="" /> Statewright</Link>
        <Bell />
      </div>
      <Dialog.Root open={drawer} onOpenChange={setDrawer}>
        <Dialog.Portal>
          <Dialog.Overlay className="overlay" />
          <Dialog.Content className="drawer side" aria-describedby={undefined}>
            <Dialog.Title className="visually-hidden">Menu</Dialog.Title>
            <Navigation onSearch={() => setPalette(true)} />
          </Dialog.Content>
        </Dialog.Portal>
      </Dialog.Root>
      <main className="page" id="main" tabIndex={-1}>
        <Suspense><Outlet /></Suspense>
      </main>
      <Palette open={palette} onOpenChange={setPalette} />
      <Toasts />
    </div>
  );
}

/** Where the workspace requires a second factor, nothing else works before it is set up. */
function useEnrolment(): void {
  const navigate = useNavigate();
  const must = useSession()?.mustEnrol ?? false;
  useEffect(() => {
    if (must) void navigate({ to: "/settings/$section", params: { section: "security" } });
  }, [must, navigate]);
}

function Navigation({ onSearch }: { onSearch: () => void }) {
  const can = useCan();
  const role = useAccount().data?.role ?? "";
  const waiting = useLoad(["tasks", "waiting"], () => api.GET("/v1/tasks/mine", { params: { query: { unanswered: true, limit: 50 } } }), {
    enabled: can("approvals:decide"), every: 20_000,
  });
  const count = waiting.data?.items.length ?? 0;
  return (
    <>
      <div className="side-head"><WorkspaceMenu /><Bell /></div>
      <button type="button" className="side-search" onClick={onSearch}><Search size={15} aria-hidden /> Search <kbd>Ctrl K</kbd></button>
      <div className="places">
        {visible(role, can).map(({ title, places }) => (
          <div key={title} className="place-group">
            <div className="group-title" aria-hidden>{title}</div>
            {places.map(({ to, label, icon: Icon }) => (
              <Link key={to} to={to} className="item" activeProps={{ className: "active", "aria-current": "page" }}>
                <Icon size={16} aria-hidden /> <span>{label}</span>
                {to === "/inbox" && count > 0 && <b className="count" aria-label={`${count} waiting`}>{count >= 50 ? "50+" : count}</b>}
              </Link>
            ))}
          </div>
        ))}
      </div>
      <UserMenu />
    </>
  );
}
