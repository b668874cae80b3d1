/** What a page is made of: its head, what it shows while loading, when there is nothing, and when it fails. */

import type { UseQueryResult } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChevronLeft, Lock, type LucideIcon } from "lucide-react";
import { useEffect, type ReactNode } from "react";

import { Problem } from "../api/client";
import { Complaint } from "./parts";

interface PageProps {
  title: string;
  lead?: ReactNode;
  actions?: ReactNode;
  back?: { to: string; label: string };
  badge?: ReactNode;
  size?: "narrow" | "wide";
  children: ReactNode;
}

/** A page with its title, which is the window's too. */
export function Page({ title, lead, actions, back, badge, size, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Statewright`;
  }, [title]);
  return (
    <div className={`inner ${size ?? ""}`}>
      <header className="head">
        <div className="words">
          {back !== undefined && <Link to={back.to} className="back"><ChevronLeft size={14} aria-hidden /> {back.label}</Link>}
          <div className="title"><h1>{title}</h1>{badge}</div>
          {lead !== undefined && <p className="muted">{lead}</p>}
        </div>
        {actions !== undefined && <div className="actions">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** A part of a page with a heading of its own. */
export function Section({ title, lead, actions, children }: { title: string; lead?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  return (
    <section className="section" aria-label={title}>
      <header>
        <div><h2>{title}</h2>{lead !== undefined && <p className="muted small">{lead}</p>}</div>
        {actions !== undefined && <div className="actions">{actions}</div>}
      </header>
      {children}
    </section>
  );
}

/** What stands where something could be, and how to get it. */
export function Empty({ icon: Icon, title, children, actions }: { icon: LucideIcon; title: string; children?: ReactNode; actions?: ReactNode }) {
  return (
    <div className="card empty">
      <span className="emblem"><Icon size={22} aria-hidden /></span>
      <h2>{title}</h2>
      {children !== undefined && <p className="muted">{children}</p>}
      {actions !== undefined && <div className="actions">{actions}</div>}
    </div>
  );
}

/** Grey bars in the shape of what is coming. */
export function Skeleton({ rows = 5, kind = "rows" }: { rows?: number; kind?: "rows" | "cards" | "text" }) {
  return (
    <div className={`skeleton ${kind} ${kind === "rows" ? "card" : ""}`} role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => <i key={row} style={{ "--part": `${92 - ((row * 37) % 45)}%` } as React.CSSProperties} />)}
    </div>
  );
}

interface AwaitProps<T> {
  query: UseQueryResult<T>;
  shape?: "rows" | "cards" | "text";
  children: (data: T) => ReactNode;
}

/** Shows what was loaded, and else how that stands. */
export function Await<T>({ query, shape = "rows", children }: AwaitProps<T>) {
  if (query.data !== undefined) return <>{query.isError && <Complaint error={query.error} />}{children(query.data)}</>;
  if (query.error instanceof Problem && query.error.status === 403) {
    return <Empty icon={Lock} title="Your role does not include this">Ask an owner or admin of the workspace for access.</Empty>;
  }
  if (query.isError) {
    return (
      <div className="card empty">
        <Complaint error={query.error} />
        <button type="button" className="button" onClick={() => void query.refetch()}>Try again</button>
      </div>
    );
  }
  return <Skeleton kind={shape} />;
}
