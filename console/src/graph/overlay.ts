/** What is said about steps on the drawing: problems of a definition, what became of each step of a run. */

export interface StepState {
  status?: string;
  problem?: "error" | "warning";
  change?: string;
  note?: string;
}

export type States = Record<string, StepState>;

const STEP = /^(.*\/(?:(?:steps|otherwise|finally|parallel\/[^/]+)\/\d+|States\/[^/]+))(?:\/|$)/;

/** The innermost step that a pointer leads into. */
export const stepOf = (pointer: string): string | undefined => STEP.exec(pointer)?.[1];

/** A finding as a sentence: those that begin with “is …” are about the field that their pointer names. */
export function sentence(found: { pointer: string; detail: string; suggestion?: string | null }): string {
  const field = found.pointer.split("/").at(-1) ?? "";
  const detail = /^[a-z]/.test(found.detail) && field !== "" ? `“${field}” ${found.detail}` : found.detail;
  return [/[.!?]$/.test(detail) ? detail : `${detail}.`, found.suggestion ?? ""].filter(Boolean).join(" ");
}

/** Problems by the step that they are about. */
export function problemsOf(findings: { pointer: string; severity: string }[]): States {
  const states: States = {};
  for (const { pointer, severity } of findings) {
    const step = stepOf(pointer);
    if (step === undefined || severity === "note" || states[step]?.problem === "error") continue;
    states[step] = { problem: severity === "error" ? "error" : "warning" };
  }
  return states;
}

/** Several layers as one; what later ones say holds. */
export function layered(...layers: States[]): States {
  const all: States = {};
  for (const layer of layers) for (const [pointer, state] of Object.entries(layer)) all[pointer] = { ...all[pointer], ...state };
  return all;
}

export interface StepRun {
  pointer: string;
  status: string;
  runs: number;
  failures: number;
  started_at: string | null;
  stopped_at: string | null;
  error?: string | null;
}

/** What became of each step, with a line on it. */
export function runStates(runs: StepRun[], said: (run: StepRun) => string): States {
  return Object.fromEntries(runs.map((run): [string, StepState] => [run.pointer, { status: run.status, note: said(run) }]));
}
