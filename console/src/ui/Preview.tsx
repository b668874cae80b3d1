/** A definition's drawing to look at. */

import { lazy, Suspense } from "react";

import type { Definition } from "../graph/definition";

const Canvas = lazy(async () => ({ default: (await import("../drawing/Canvas")).Canvas }));
const NOTHING = {};
const ignore = (): void => undefined;

export function Preview({ definition, label }: { definition: Record<string, unknown>; label: string }) {
  return (
    <div className="card preview" role="img" aria-label={label}>
      <div inert><Suspense><Canvas definition={definition as unknown as Definition} selected={null} states={NOTHING} onSelect={ignore} /></Suspense></div>
    </div>
  );
}
