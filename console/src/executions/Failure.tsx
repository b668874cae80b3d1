/** A failure in human words. */

import { CircleAlert } from "lucide-react";

import type { Told } from "../graph/words";

export function Failure({ told, error }: { told: Told; error: string | null }) {
  return (
    <div className="failure" role="alert">
      <CircleAlert size={17} aria-hidden />
      <div>
        <b>{told.title}</b>
        {told.detail !== "" && <p>{told.detail}</p>}
        {told.hint !== null && <p className="hint">{told.hint}</p>}
        {error !== null && error !== told.title && <code>{error}</code>}
      </div>
    </div>
  );
}
