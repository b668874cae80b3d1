/** What lies below the drawing: problems, and the test run. */

import { ChevronDown, ChevronUp, CircleAlert, CircleCheck, LoaderCircle, TriangleAlert } from "lucide-react";

import { sentence, stepOf } from "../graph/overlay";
import { Complaint, StatusChip } from "../ui/parts";
import { TestPanel } from "./TestPanel";
import type { Draft, Finding, Workflow } from "./useDraft";
import type { TestRun } from "./useTestRun";

export type DockTab = "problems" | "test" | null;

interface Props {
  workflow: Workflow;
  draft: Draft;
  findings: Finding[];
  test: TestRun;
  tab: DockTab;
  onTab: (tab: DockTab) => void;
  onOpen: (pointer: string) => void;
  mayRun: boolean;
}

export function Dock({ workflow, draft, findings, test, tab, onTab, onOpen, mayRun }: Props) {
  const problems = findings.filter((found) => found.severity !== "note");
  const errors = problems.filter((found) => found.severity === "error").length;
  const toggle = (wanted: DockTab): void => onTab(tab === wanted ? null : wanted);
  return (
    <section className="dock" aria-label="Problems and test run">
      <div className="dock-bar">
        <button type="button" aria-expanded={tab === "problems"} onClick={() => toggle("problems")}>
          {draft.checks === undefined ? <LoaderCircle size={15} aria-hidden /> : errors > 0 ? <CircleAlert size={15} className="bad" aria-hidden /> : problems.length > 0 ? <TriangleAlert size={15} className="warn" aria-hidden /> : <CircleCheck size={15} className="good" aria-hidden />}
          {problems.length === 0 ? "No problems" : problems.length === 1 ? "1 problem" : `${problems.length} problems`}
        </button>
        {mayRun && <button type="button" aria-expanded={tab === "test"} onClick={() => toggle("test")}>Test run {test.run !== undefined && <StatusChip status={test.run.status} />}</button>}
        <span className="grow" />
        {tab !== null && <button type="button" aria-label="Close the panel" onClick={() => onTab(null)}><ChevronDown size={16} /></button>}
        {tab === null && problems.length > 0 && <button type="button" aria-label="Show the problems" onClick={() => onTab("problems")}><ChevronUp size={16} /></button>}
      </div>
      <Complaint error={draft.error} />
      {tab === "problems" && <Problems findings={problems} onOpen={onOpen} />}
      {tab === "test" && <TestPanel workflow={workflow} draft={draft} test={test} onOpen={onOpen} />}
    </section>
  );
}

const Problems = ({ findings, onOpen }: { findings: Finding[]; onOpen: (pointer: string) => void }) => (
  <div className="problems" role="region" aria-label="Problems">
    {findings.length === 0 && <p className="muted pad">Nothing is wrong: it can be published.</p>}
    {findings.map((found) => {
      const Icon = found.severity === "error" ? CircleAlert : TriangleAlert;
      return (
        <button type="button" key={found.pointer + found.detail} className={found.severity} onClick={() => onOpen(stepOf(found.pointer) ?? "")}>
          <Icon size={15} aria-hidden /> <span>{sentence(found)}</span> <code>{found.pointer}</code>
        </button>
      );
    })}
  </div>
);
