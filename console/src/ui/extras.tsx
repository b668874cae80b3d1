/** Parts that some pages use: confirmation, tabs, menus, things to copy, faces. */

import { Check, Copy as CopyIcon, MoreHorizontal } from "lucide-react";
import { DropdownMenu, Tabs as Primitive } from "radix-ui";
import { useState, type ReactNode } from "react";

import { Complaint, Dialog } from "./parts";
import { toast } from "./toast";

interface ConfirmProps {
  open: boolean;
  title: string;
  action: string;
  children: ReactNode;
  pending?: boolean;
  error?: unknown;
  onClose: () => void;
  onConfirm: () => void;
}

/** Asks before something that cannot be taken back. */
export function Confirm({ open, title, action, children, pending = false, error, onClose, onConfirm }: ConfirmProps) {
  return (
    <Dialog title={title} open={open} onClose={onClose}>
      <div className="muted">{children}</div>
      <Complaint error={error} />
      <footer>
        <button type="button" className="button" onClick={onClose}>Cancel</button>
        <button type="button" className="button destroy" disabled={pending} onClick={onConfirm}>{action}</button>
      </footer>
    </Dialog>
  );
}

export interface Tab {
  value: string;
  label: ReactNode;
  content: ReactNode;
}

/** Several views of one thing. */
export function Tabs({ tabs, value, onChange, label }: { tabs: readonly Tab[]; value: string; onChange: (value: string) => void; label: string }) {
  return (
    <Primitive.Root value={value} onValueChange={onChange} className="tabbed">
      <Primitive.List className="tablist" aria-label={label}>
        {tabs.map((tab) => <Primitive.Trigger key={tab.value} value={tab.value} className="tab">{tab.label}</Primitive.Trigger>)}
      </Primitive.List>
      {tabs.map((tab) => <Primitive.Content key={tab.value} value={tab.value} className="tab-content" tabIndex={-1}>{tab.content}</Primitive.Content>)}
    </Primitive.Root>
  );
}

export interface Act {
  label: string;
  icon?: ReactNode;
  danger?: boolean;
  run: () => void;
}

/** What may be done with a row, behind three dots; nothing where nothing may be done. */
export function Acts({ label, acts }: { label: string; acts: readonly (Act | false)[] }) {
  const allowed = acts.filter((act) => act !== false);
  if (allowed.length === 0) return null;
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="button quiet icon" aria-label={label}><MoreHorizontal size={17} aria-hidden /></DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={4}>
          {allowed.map((act) => (
            <DropdownMenu.Item key={act.label} className={act.danger === true ? "danger" : ""} onSelect={act.run}>{act.icon} {act.label}</DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

/** A text that is needed elsewhere. */
export function Copyable({ text, label, secret = false }: { text: string; label: string; secret?: boolean }) {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      setTimeout(() => setCopied(false), 1_500);
    } catch {
      toast("The browser does not let pages copy: mark the text and copy it.");
    }
  };
  return (
    <div className={`copyable ${secret ? "secret" : ""}`}>
      <code aria-label={label} tabIndex={0}>{text}</code>
      <button type="button" className="button quiet icon" aria-label={`Copy ${label}`} onClick={() => void copy()}>{copied ? <Check size={15} aria-hidden /> : <CopyIcon size={15} aria-hidden />}</button>
    </div>
  );
}

/** Somebody's initials on a colour of their own. */
export function Face({ name, size = 26 }: { name: string; size?: number }) {
  const initials = name.split(/[\s@._-]+/).filter(Boolean).slice(0, 2).map((word) => word[0]!.toUpperCase()).join("");
  const hue = [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 360, 7);
  return <span className="face" aria-hidden style={{ width: size, height: size, fontSize: size * 0.4, "--hue": hue } as React.CSSProperties}>{initials || "?"}</span>;
}

/** Names and values of one thing. */
export function Facts({ facts }: { facts: readonly (readonly [string, ReactNode] | false)[] }) {
  return (
    <dl className="fact-list">
      {facts.filter((fact) => fact !== false).map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
    </dl>
  );
}
