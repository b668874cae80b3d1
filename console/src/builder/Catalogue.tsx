/** The catalogue: what the next step can be. */

import { useDeferredValue, useRef, useState, type KeyboardEvent } from "react";

import { iconOf } from "../drawing/KindIcon";
import type { Definition, Kind, Step } from "../graph/definition";
import { newStep } from "../graph/edit";
import { Dialog } from "../ui/parts";
import { useActions, useOperations } from "./useActions";

interface Option {
  kind: Kind;
  action?: string;
  title: string;
  about: string;
  group: string;
}

const logic = (kind: Kind, title: string, about: string): Option => ({ kind, title, about, group: "Flow" });
const LOGIC: Option[] = [
  logic("choose", "Choose", "one of several ways, by a condition"),
  logic("for_each", "For each", "every element of a list"),
  logic("parallel", "In parallel", "several branches at once"),
  logic("repeat", "Repeat", "until something holds"),
  logic("wait", "Wait", "a while, or until a moment"),
  logic("set", "Set a value", "compute, reshape, keep"),
  logic("try", "Try", "catch what fails inside"),
  logic("stop", "Stop", "end the workflow here"),
];

/** The heading that an action stands under, by the beginning of its name. */
const GROUPS: Record<string, string> = {
  http: "Web", graphql: "Web", human: "People", email: "Messages", sms: "Messages", push: "Messages", inapp: "Messages", notify: "Messages",
  data: "Data", code: "Data", table: "Tables and databases", db: "Tables and databases", file: "Files", ai: "AI", workflow: "Workflows and events", event: "Workflows and events",
};
const ORDER = ["Flow", "Web", "People", "Messages", "Data", "Files", "Tables and databases", "AI", "Workflows and events", "Other", "Connectors"];

/** The options that have all words, in the order of their headings. */
function fitting(options: Option[], words: string): Option[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const score = ({ title }: Option): number => (title.toLowerCase().startsWith(words.toLowerCase()) ? 0 : 1);
  return options
    .filter(({ title, about, action = "", group }) => wanted.every((word) => `${title} ${about} ${action} ${group}`.toLowerCase().includes(word)))
    .toSorted((a, b) => (words === "" ? 0 : score(a) - score(b)) || ORDER.indexOf(a.group) - ORDER.indexOf(b.group));
}

interface Props {
  definition: Definition;
  onClose: () => void;
  onPick: (step: Step) => void;
  title?: string;
  /** Whether steps that steer are offered, beside actions. */
  flow?: boolean;
}

export function Catalogue({ definition, onClose, onPick, title = "Add a step", flow = true }: Props) {
  const [words, setWords] = useState("");
  const list = useRef<HTMLDivElement>(null);
  const settled = useDeferredValue(words.trim());
  const { actions } = useActions();
  const operations = useOperations(settled);
  const own = actions.map((action): Option => ({ kind: "use", action: action.name, title: action.title, about: action.name, group: GROUPS[action.name.split(".")[0]!] ?? "Other" }));
  const found = settled.length > 1 ? (operations.data?.items ?? []) : [];
  const others = found.map((each): Option => ({ kind: "use", action: each.action, title: each.title, about: each.action, group: "Connectors" }));
  const options = [...fitting([...(flow ? LOGIC : []), ...own], words.trim()), ...others];
  const groups = new Map<string, Option[]>();
  for (const option of options) groups.set(option.group, [...(groups.get(option.group) ?? []), option]);
  const pick = ({ kind, action }: Option): void => onPick(newStep(definition, kind, action));
  const walk = (event: KeyboardEvent): void => {
    const by = { ArrowDown: 2, ArrowUp: -2, ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const buttons = [...(list.current?.querySelectorAll("button") ?? [])];
    const here = buttons.indexOf(document.activeElement as HTMLButtonElement);
    if (by === undefined || (here < 0 && Math.abs(by) === 1)) return;
    event.preventDefault();
    buttons[Math.min(buttons.length - 1, here < 0 ? 0 : Math.max(0, here + by))]?.focus();
  };
  return (
    <Dialog title={title} open onClose={onClose}>
      <form className="catalogue" onKeyDown={walk} onSubmit={(event) => {
        event.preventDefault();
        if (options[0] !== undefined) pick(options[0]);
      }}>
        <input type="search" autoFocus placeholder="What should happen? E-mail, wait, approval, GitHub issue…" aria-label="Search the catalogue" value={words} onChange={(event) => setWords(event.target.value)} />
        <div className="options" ref={list}>
          {[...groups].map(([group, each]) => (
            <section key={group} aria-label={group}>
              <h3>{group}</h3>
              <div>{each.map((option) => <OptionButton key={option.action ?? option.kind} option={option} onPick={pick} />)}</div>
            </section>
          ))}
          {options.length === 0 && <p className="muted">Nothing fits these words. Connectors for more systems are made of their OpenAPI documents.</p>}
        </div>
      </form>
    </Dialog>
  );
}

function OptionButton({ option, onPick }: { option: Option; onPick: (option: Option) => void }) {
  const Icon = iconOf(option.kind, option.action);
  return (
    <button type="button" onClick={() => onPick(option)}>
      <span className={`kind ${option.kind}`}><Icon size={16} aria-hidden /></span>
      <span className="about"><b>{option.title}</b> <span className="muted small">{option.about}</span></span>
    </button>
  );
}
