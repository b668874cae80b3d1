/** An address that leads nowhere. */

import { Link } from "@tanstack/react-router";
import { Compass } from "lucide-react";

export function Lost() {
  return (
    <main className="entrance">
      <div className="card sheet empty">
        <span className="emblem"><Compass size={22} aria-hidden /></span>
        <h1>There is no such page</h1>
        <p className="muted">The address may be mistyped, or what was here is gone.</p>
        <Link to="/workflows" className="button primary">To the workflows</Link>
      </div>
    </main>
  );
}
