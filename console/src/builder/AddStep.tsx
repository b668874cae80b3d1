/** The catalogue: what the next step can be. */

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, ok } from "../api/client";
import { newStep } from "../graph/edit";
import type { Definition, Kind, Step } from "../graph/definition";
import { Dialog } from "../ui/parts";
import { iconOf } from "../drawing/KindIcon";

const LOGIC: { kind: Kind; title: string; about: string }[] = [
  { kind: "set", title: "Set a value", about: "compute, reshape" },
  { kind: "choose", title: "Choose", about: "one of several ways" },
  { kind: "for_each", title: "For each", about: "every element of a list" },
  { kind: "parallel", title: "In parallel", about: "branches at once" },
  { kind: "repeat", title: "Repeat", about: "until something holds" },
  { kind: "wait", title: "Wait", about: "a while, or until a moment" },
  { kind: "try", title: "Try", about: "catch what fails" },
  { kind: "stop", title: "Stop", about: "end the workflow here" },
];

interface Props {
  definition: Definition;
  open: boolean;
  onClose: () => void;
  onPick: (step: Step) => void;
}

/** The actions that steps can use, by name. */
export const useActions = () =>
  useQuery({ queryKey: ["actions"], queryFn: () => ok(api.GET("/v1/actions")), staleTime: 60_000 });

export function AddStep({ definition, open, onClose, onPick }: Props) {
  const [words, setWords] = useState("");
  const actions = useActions();
  const wanted = words.trim().toLowerCase();
  const fits = (...texts: string[]): boolean => texts.some((text) => text.toLowerCase().includes(wanted));
  const options = [
    ...(actions.data ?? []).map((action) => ({ kind: "use" as Kind, action: action.name, title: action.title, about: action.name })),
    ...LOGIC.map((logic) => ({ ...logic, action: undefined })),
  ].filter((option) => fits(option.title, option.about, option.kind));
  const pick = (kind: Kind, action: string | undefined): void => {
    onPick(newStep(definition, kind, action));
    setWords("");
  };
  return (
    <Dialog title="Add a step" open={open} onClose={onClose}>
      <form
        className="catalogue"
        onSubmit={(event) => {
          event.preventDefault();
          const first = options[0];
          if (first !== undefined) pick(first.kind, first.action);
        }}
      >
        <input type="search" autoFocus placeholder="What should happen?" aria-label="Search the catalogue" value={words} onChange={(event) => setWords(event.target.value)} />
        <div className="options">
          {options.map((option) => {
            const Icon = iconOf(option.kind, option.action);
            return (
              <button type="button" key={option.action ?? option.kind} onClick={() => pick(option.kind, option.action)}>
                <span className={`kind ${option.kind}`}><Icon size={16} aria-hidden /></span>
                <span>
                  <b>{option.title}</b>
                  <span className="muted small" style={{ display: "block" }}>{option.about}</span>
                </span>
              </button>
            );
          })}
        </div>
        {options.length === 0 && <p className="muted">Nothing fits these words.</p>}
      </form>
    </Dialog>
  );
}
