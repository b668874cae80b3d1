/** An endpoint's secret, shown once. */

import { Copyable } from "../ui/extras";
import { Dialog } from "../ui/parts";

export const NewSecret = ({ secret, onClose }: { secret: string; onClose: () => void }) => (
  <Dialog title="Copy the signing secret now" open onClose={onClose}>
    <p className="muted">It is shown this once. Check every call with it: any library for Standard Webhooks does.</p>
    <Copyable label="Signing secret" text={secret} secret />
    <footer><button type="button" className="button primary" onClick={onClose}>I have copied it</button></footer>
  </Dialog>
);
