/** Short messages at the edge of the page, which go by themselves. */

import { CircleCheck } from "lucide-react";
import { useSyncExternalStore } from "react";

interface Message {
  id: number;
  text: string;
}

const SHOWN_MS = 4_000;
const listeners = new Set<() => void>();
let messages: readonly Message[] = [];
let last = 0;

const put = (next: readonly Message[]): void => {
  messages = next;
  listeners.forEach((listener) => listener());
};

/** Says something for a while. */
export function toast(text: string): void {
  const id = ++last;
  put([...messages.slice(-2), { id, text }]);
  setTimeout(() => put(messages.filter((each) => each.id !== id)), SHOWN_MS);
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** Where the messages appear. */
export function Toasts() {
  const shown = useSyncExternalStore(subscribe, () => messages);
  return (
    <div className="toasts" aria-live="polite">
      {shown.map(({ id, text }) => (
        <div key={id} className="toast"><CircleCheck size={16} aria-hidden /> {text}</div>
      ))}
    </div>
  );
}
