/** The keyboard: what each key does while no field is being typed into. */

import { useEffect, useRef } from "react";

import type { Definition } from "../graph/definition";
import { neighbour, type Direction } from "../graph/navigate";

export interface Commands {
  undo: () => void;
  redo: () => void;
  save: () => void;
  test: () => void;
  copy: () => string | null;
  cut: () => string | null;
  paste: (text: string) => void;
  duplicate: () => void;
  remove: () => void;
  add: () => void;
  open: () => void;
  select: (pointer: string | null) => void;
  move: (by: -1 | 1) => void;
  help: () => void;
}

const ARROWS: Record<string, Direction> = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right" };

export const SHORTCUTS: [string, string][] = [
  ["↑ ↓ ← →", "walk over the drawing"], ["Enter", "edit the step"], ["A", "add a step behind it"], ["Alt ↑ ↓", "move the step"], ["Del", "remove it"],
  ["Ctrl C, X, V", "copy, cut, paste steps (as YAML)"], ["Ctrl D", "duplicate it"], ["Ctrl Z, Ctrl Shift Z", "undo, redo"], ["Ctrl S", "save now"], ["Ctrl Enter", "test the draft"], ["Esc", "from the fields back to the drawing; there, choose nothing"], ["?", "this list"],
];

const editable = (target: EventTarget | null): boolean => target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable=true], [role=dialog], [role=menu]") !== null;
/** Keys that mean something to a control that is not of the drawing stay its own. */
const elsewhere = (target: EventTarget | null): boolean => target instanceof HTMLElement && target !== document.body && target.closest(".canvas") === null;

const inInspector = (target: EventTarget | null): boolean => target instanceof HTMLElement && target.closest(".inspector") !== null;

/** From a step's fields back to the step on the drawing. */
function back(selected: string | null): void {
  if (selected !== null) document.querySelector<HTMLElement>(`.canvas [data-pointer="${CSS.escape(selected)}"]`)?.focus();
}

export function useKeys(enabled: boolean, definition: Definition, selected: string | null, commands: Commands): void {
  const newest = useRef({ definition, selected, commands });
  newest.current = { definition, selected, commands };
  useEffect(() => {
    if (!enabled) return;
    const pressed = (event: KeyboardEvent): void => {
      const now = newest.current;
      if (event.key === "Escape" && !event.defaultPrevented && inInspector(event.target)) return back(now.selected);
      const handled = withCommand(event, now.commands) || (!editable(event.target) && !elsewhere(event.target) && plain(event, now.definition, now.selected, now.commands));
      if (handled) event.preventDefault();
    };
    const copied = (event: ClipboardEvent): void => {
      if (editable(event.target) || String(getSelection() ?? "") !== "") return;
      const { commands: act } = newest.current;
      if (event.type === "paste") return act.paste(event.clipboardData?.getData("text/plain") ?? "");
      const text = event.type === "copy" ? act.copy() : act.cut();
      if (text === null) return;
      event.clipboardData?.setData("text/plain", text);
      event.preventDefault();
    };
    const listeners: [string, EventListener][] = [["keydown", pressed as EventListener], ...["copy", "cut", "paste"].map((name): [string, EventListener] => [name, copied as EventListener])];
    for (const [name, listener] of listeners) window.addEventListener(name, listener);
    return () => {
      for (const [name, listener] of listeners) window.removeEventListener(name, listener);
    };
  }, [enabled]);
}

/** Keys with Ctrl or Command. Those that text fields know stay theirs. */
function withCommand(event: KeyboardEvent, act: Commands): boolean {
  if (!event.ctrlKey && !event.metaKey) return false;
  const key = event.key.toLowerCase();
  if (key === "s") act.save();
  else if (key === "enter") act.test();
  else if (editable(event.target)) return false;
  else if (key === "z") (event.shiftKey ? act.redo : act.undo)();
  else if (key === "y") act.redo();
  else if (key === "d") act.duplicate();
  else return false;
  return true;
}

function plain(event: KeyboardEvent, definition: Definition, selected: string | null, act: Commands): boolean {
  if (event.ctrlKey || event.metaKey) return false;
  const direction = ARROWS[event.key];
  if (direction !== undefined) {
    if (event.altKey && (direction === "up" || direction === "down")) act.move(direction === "up" ? -1 : 1);
    else act.select(neighbour(definition, selected, direction));
    return true;
  }
  switch (event.key) {
    case "Delete": case "Backspace": act.remove(); return true;
    case "Escape": act.select(null); return true;
    case "a": case "A": act.add(); return true;
    case "?": act.help(); return true;
    case "Enter": {
      if (selected === null || !(event.target instanceof HTMLElement) || event.target.dataset["pointer"] !== selected) return false;
      act.open();
      return true;
    }
    default: return false;
  }
}
