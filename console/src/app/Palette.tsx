/** Everything by its name: places and workflows, from the keyboard. */

import { useNavigate } from "@tanstack/react-router";
import { Search, Workflow } from "lucide-react";
import { Dialog } from "radix-ui";
import { useDeferredValue, useEffect, useState, type KeyboardEvent } from "react";

import { api } from "../api/client";
import { useAccount, useCan } from "../api/account";
import { useLoad } from "../api/use";
import { visible } from "./places";

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function Palette({ open, onOpenChange }: Props) {
  useEffect(() => {
    const listen = (event: globalThis.KeyboardEvent): void => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        onOpenChange(true);
      }
    };
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, [onOpenChange]);
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="overlay" />
        <Dialog.Content className="palette" aria-describedby={undefined}>
          <Dialog.Title className="visually-hidden">Search</Dialog.Title>
          <Finder onDone={() => onOpenChange(false)} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Finder({ onDone }: { onDone: () => void }) {
  const navigate = useNavigate();
  const can = useCan();
  const role = useAccount().data?.role ?? "";
  const [words, setWords] = useState("");
  const [at, setAt] = useState(0);
  const q = useDeferredValue(words.trim());
  const workflows = useLoad(["workflows", "palette", q], () => api.GET("/v1/workflows", { params: { query: { limit: 8, ...(q === "" ? {} : { q }) } } }), { keep: true });
  const places = visible(role, can).flatMap((group) => group.places).filter(({ label }) => label.toLowerCase().includes(q.toLowerCase()));
  const found = [
    ...places.map(({ to, label, icon }) => ({ key: to, label, icon, hint: "Go to", go: () => navigate({ to }) })),
    ...(workflows.data?.items ?? []).map(({ id, name }) => ({ key: id, label: name, icon: Workflow, hint: "Workflow", go: () => navigate({ to: "/workflows/$workflowId", params: { workflowId: id } }) })),
  ];
  const chosen = Math.min(at, found.length - 1);
  const open = (index: number): void => {
    onDone();
    void found[index]?.go();
  };
  const steer = (event: KeyboardEvent): void => {
    if (event.key === "ArrowDown") setAt(Math.min(chosen + 1, found.length - 1));
    else if (event.key === "ArrowUp") setAt(Math.max(chosen - 1, 0));
    else if (event.key === "Enter") open(chosen);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <div className="palette-head"><Search size={17} aria-hidden /><input type="search" role="combobox" aria-expanded aria-controls="found" aria-activedescendant={`found-${chosen}`} aria-label="Search pages and workflows" placeholder="Search pages and workflows" value={words} onChange={(event) => { setWords(event.target.value); setAt(0); }} onKeyDown={steer} /></div>
      <ul id="found" role="listbox" aria-label="Found">
        {found.map(({ key, label, icon: Icon, hint }, index) => (
          <li key={key} id={`found-${index}`} role="option" aria-selected={index === chosen} onMouseMove={() => setAt(index)} onClick={() => open(index)}>
            <Icon size={16} aria-hidden /> {label} <small className="muted">{hint}</small>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className="muted pad">Nothing has this name.</p>}
    </>
  );
}
