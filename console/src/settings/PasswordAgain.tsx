/** What changes an account asks for its password once more. */

import { useState, type ReactNode } from "react";

import { Form } from "../ui/forms";
import { Complaint, Dialog } from "../ui/parts";
import { PasswordField } from "../ui/password";

interface Props {
  title: string;
  action: string;
  open: boolean;
  danger?: boolean;
  pending: boolean;
  error: unknown;
  onClose: () => void;
  onPassword: (password: string) => void;
  children?: ReactNode;
}

export function PasswordAgain({ title, action, open, danger = false, pending, error, onClose, onPassword, children }: Props) {
  const [password, setPassword] = useState("");
  return (
    <Dialog title={title} open={open} onClose={onClose}>
      <Form onSubmit={() => onPassword(password)}>
        {children !== undefined && <div className="muted">{children}</div>}
        <PasswordField label="Your password" required value={password} onChange={setPassword} />
        <Complaint error={error} />
        <footer>
          <button type="button" className="button" onClick={onClose}>Cancel</button>
          <button className={`button ${danger ? "destroy" : "primary"}`} disabled={pending}>{action}</button>
        </footer>
      </Form>
    </Dialog>
  );
}
