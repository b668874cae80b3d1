/** What stands where a page could not be opened: the server is away, a newer console is there, or the page is broken. */

import type { ErrorComponentProps } from "@tanstack/react-router";
import { CircleAlert, RefreshCw, ServerOff, type LucideIcon } from "lucide-react";

/** What happened, in words. Browsers tell of both by a TypeError. */
function told(error: unknown): { icon: LucideIcon; title: string; words: string } {
  if (!(error instanceof Error)) return { icon: CircleAlert, title: "This page is broken", words: String(error) };
  if (/dynamically imported module|module script/i.test(error.message)) return { icon: RefreshCw, title: "There is a newer console", words: "This page is of the one before. Load it again to go on." };
  if (error instanceof TypeError && /fetch|network|load failed/i.test(error.message)) return { icon: ServerOff, title: "The server does not answer", words: "It may be starting anew, or your connection is down. Nothing that was saved is lost." };
  return { icon: CircleAlert, title: "This page is broken", words: error.message };
}

export function Broken({ error }: ErrorComponentProps) {
  const { icon: Icon, title, words } = told(error);
  return (
    <main className="entrance" role="alert">
      <div className="card sheet empty">
        <span className="emblem"><Icon size={22} aria-hidden /></span>
        <h1>{title}</h1>
        <p className="muted wrap">{words}</p>
        <button type="button" className="button primary" onClick={() => location.reload()}>Try again</button>
      </div>
    </main>
  );
}
