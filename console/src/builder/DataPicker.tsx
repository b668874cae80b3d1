/** Data of earlier steps, to be picked instead of typed. */

import { Popover } from "radix-ui";
import { useState, type ReactNode } from "react";

import { pathOf } from "../graph/completion";
import type { Json } from "../graph/definition";
import { Tree } from "../values/Tree";
import { useReach } from "./reach";

interface Props {
  label: string;
  onPick: (path: string) => void;
  children: ReactNode;
}

/** Whether a name or something in its value has the words. */
function has(value: Json | undefined, words: string, name = ""): boolean {
  if (name.toLowerCase().includes(words)) return true;
  if (typeof value !== "object" || value === null) return String(value ?? "").toLowerCase().includes(words);
  return Object.entries(value).slice(0, 200).some(([key, inner]) => has(inner as Json, words, key));
}

export function DataPicker({ label, onPick, children }: Props) {
  const [open, setOpen] = useState(false);
  const [words, setWords] = useState("");
  const { names, values } = useReach();
  const wanted = words.trim().toLowerCase();
  const shown = names.filter(({ name, title }) => wanted === "" || title.toLowerCase().includes(wanted) || has(values[name], wanted, name));
  const pick = (name: string, keys: (string | number)[]): void => {
    setOpen(false);
    onPick(pathOf(name, keys));
  };
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger className="button quiet insert" aria-label={`Insert data into ${label}`} title="Insert data of earlier steps">{children}</Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="popover picker" side="left" align="start" sideOffset={10} collisionPadding={12} aria-label="Data of earlier steps" onCloseAutoFocus={(event) => event.preventDefault()}>
          <input type="search" placeholder="Search names and values" aria-label="Search the data" value={words} onChange={(event) => setWords(event.target.value)} />
          <div className="tree">
            {shown.map(({ name, title }) => (
              <Tree key={name} value={values[name]} label={`$${name}`} detail={title.toLowerCase() === name ? undefined : title} depth={1} onPick={(keys) => pick(name, keys)} />
            ))}
            {shown.length === 0 && <p className="muted">Nothing has these words.</p>}
          </div>
          <p className="muted small">Click a name to insert it. Values are samples.</p>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
