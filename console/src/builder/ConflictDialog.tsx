/** Somebody else has changed the draft meanwhile: nothing is lost until one is chosen. */

import { useMemo } from "react";

import { differences } from "../graph/comparison";
import type { Json } from "../graph/definition";
import { Dialog, Moment } from "../ui/parts";
import type { Draft } from "./useDraft";

const MOST = 12;
const text = (value: Json | undefined): string => (value === undefined ? "nothing" : JSON.stringify(value));

export function ConflictDialog({ draft }: { draft: Draft }) {
  const theirs = draft.conflict;
  const found = useMemo(() => (theirs === null ? [] : differences(theirs.definition as Json, draft.definition, "", MOST)), [theirs, draft.definition]);
  if (theirs === null) return null;
  return (
    <Dialog title="Somebody else has changed this draft" open onClose={() => undefined}>
      <p>It was saved <Moment at={theirs.updated_at} />, while you were working on it. Choose which one stays.</p>
      <ul className="changes" aria-label="Differences">
        {found.map(({ path, before, after }) => <li key={path}><code>{path}</code> <del>{text(before)}</del> <ins>{text(after)}</ins></li>)}
        {found.length === MOST && <li className="muted">… and more</li>}
      </ul>
      <p className="muted small">Struck out: theirs. Beside it: yours. If you take theirs, “Undo” brings yours back.</p>
      <footer>
        <button type="button" className="button" onClick={draft.takeTheirs}>Take theirs</button>
        <button type="button" className="button primary" onClick={draft.keepMine}>Keep mine</button>
      </footer>
    </Dialog>
  );
}
