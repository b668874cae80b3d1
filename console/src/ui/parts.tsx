/** Small parts that every page uses. */

import { CircleAlert, X } from "lucide-react";
import { Dialog as Primitive } from "radix-ui";
import type { ReactNode } from "react";

import { Problem } from "../api/client";

/** An error in a sentence, with what the server found wrong in detail. */
export function Complaint({ error }: { error: unknown }) {
  if (error === null || error === undefined) return null;
  const issues = error instanceof Problem ? error.issues : [];
  return (
    <div className="banner" role="alert">
      <CircleAlert size={17} aria-hidden />
      <div>
        {said(error)}
        {issues.length > 1 && (
          <ul>
            {issues.map((issue) => (
              <li key={issue.pointer + issue.detail}>
                “{fieldOf(issue.pointer)}”: {issue.detail}
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}

const fieldOf = (pointer: string): string => pointer.split("/").slice(1).join(" › ");

/** An error's words; one about a single field names that, where the server names its JSON pointer. */
function said(error: unknown): string {
  const [issue, ...more] = error instanceof Problem ? error.issues : [];
  const message = error instanceof Error ? error.message : String(error);
  if (issue === undefined || more.length > 0 || issue.pointer === "" || !message.startsWith(issue.pointer)) return message;
  return `“${fieldOf(issue.pointer)}”: ${issue.detail}`;
}

interface DialogProps {
  title: string;
  open: boolean;
  onClose: () => void;
  children: ReactNode;
  wide?: boolean;
}

/** A dialog over the page. */
export function Dialog({ title, open, onClose, children, wide = false }: DialogProps) {
  return (
    <Primitive.Root open={open} onOpenChange={(wanted) => !wanted && onClose()}>
      <Primitive.Portal>
        <Primitive.Overlay className="overlay" />
        <Primitive.Content className={`dialog ${wide ? "wide" : ""}`} aria-describedby={undefined}>
          <div className="dialog-head">
            <Primitive.Title asChild>
              <h2>{title}</h2>
            </Primitive.Title>
          </div>
          {children}
          <Primitive.Close className="button quiet icon close" aria-label="Close"><X size={16} aria-hidden /></Primitive.Close>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

const TONES: Record<string, string> = {
  succeeded: "good", running: "accent", waiting: "warn", failed: "bad", timed_out: "bad", stopped: "warn",
};

/** An execution's or a step's status. */
export const StatusChip = ({ status }: { status: string }) => (
  <span className={`chip ${TONES[status] ?? ""}`}>{status.replaceAll("_", " ")}</span>
);

const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [["day", 86_400], ["hour", 3600], ["minute", 60], ["second", 1]];

/** How long ago, with the moment itself as a hint. */
export function Moment({ at }: { at: string }) {
  const seconds = (Date.parse(at) - Date.now()) / 1000;
  const [unit, size] = UNITS.find(([, each]) => Math.abs(seconds) >= each) ?? ["second", 1];
  return (
    <time dateTime={at} title={new Date(at).toLocaleString()}>
      {relative.format(Math.round(seconds / size), unit)}
    </time>
  );
}

/** A length of time between two moments, as people say it. */
export function elapsed(from: string, to: string | null): string {
  const ms = (to === null ? Date.now() : Date.parse(to)) - Date.parse(from);
  if (ms < 1000) return `${ms} ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
}
