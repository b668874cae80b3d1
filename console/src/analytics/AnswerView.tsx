/** An answer as its chart: numbers, a table, or a drawing with the table behind it for those who cannot see it. */

import { ArrowDownRight, ArrowUpRight, ChartNoAxesColumn } from "lucide-react";
import { lazy, Suspense } from "react";

import { change, figure, nameIn, periodName, type Answer } from "./figures";

const Chart = lazy(async () => ({ default: (await import("./Chart")).Chart }));

export function AnswerView({ answer, title }: { answer: Answer; title: string }) {
  const chart = answer.chart ?? "table";
  if (chart === "number") return <Numbers answer={answer} />;
  const nothing = answer.rows.length === 0 || answer.rows.every(({ values }) => values.every((value) => value === null || value === 0));
  if (nothing) return <p className="nothing muted"><ChartNoAxesColumn size={18} aria-hidden /> Nothing in this period</p>;
  if (chart === "table") return <AnswerTable answer={answer} title={title} />;
  return (
    <>
      <div className="chart" role="img" aria-label={`Chart: ${title}`}><Suspense><Chart answer={answer} kind={chart} /></Suspense></div>
      <div className="visually-hidden"><AnswerTable answer={answer} title={title} /></div>
    </>
  );
}

/** A change beyond this says only that there was next to nothing before. */
const MOST = 9.99;

/** More of these measures is worse. */
const COSTLY = /fail|error|duration|retr|cost|reject|open|timed/;

function Numbers({ answer }: { answer: Answer }) {
  const measures = answer.columns.filter(({ role }) => role === "measure");
  const row = answer.rows[0] ?? answer.totals;
  return (
    <div className="numbers-row">
      {measures.map(({ name, label, unit }, at) => {
        const moved = change(row.values[at], row.previous?.[at]);
        const good = moved !== null && moved >= 0 !== COSTLY.test(name);
        return (
          <div key={name}>
            <span className="muted small">{label}</span>
            <b>{figure(row.values[at], unit, answer.currency)}</b>
            {moved !== null && Math.abs(moved) >= 0.005 && (
              <small className={good ? "up" : "down"} title={`Before: ${figure(row.previous?.[at], unit, answer.currency)}`}>
                {moved >= 0 ? <ArrowUpRight size={13} aria-hidden /> : <ArrowDownRight size={13} aria-hidden />} {Math.abs(moved) > MOST ? `over ${figure(MOST, "ratio")}` : figure(Math.abs(moved), "ratio")}
              </small>
            )}
          </div>
        );
      })}
    </div>
  );
}

export function AnswerTable({ answer, title }: { answer: Answer; title: string }) {
  const dimensions = answer.columns.filter(({ role }) => role === "dimension");
  const measures = answer.columns.filter(({ role }) => role === "measure");
  const period = answer.columns.find(({ role }) => role === "period");
  return (
    <div className="scroll answer-table" tabIndex={0} role="group" aria-label={title}>
      <table className="table dense">
        <thead><tr>{answer.columns.map(({ name, label, role }) => <th key={name} className={role === "measure" ? "right" : ""}>{label}</th>)}</tr></thead>
        <tbody>
          {answer.rows.map((row, at) => (
            <tr key={at}>
              {period !== undefined && <td className="muted">{periodName(row.period ?? "", period.name, answer.time_zone)}</td>}
              {dimensions.map(({ name }, index) => <td key={name}>{nameIn(answer, name, row.dimensions?.[index])}</td>)}
              {measures.map(({ name, unit }, index) => <td key={name} className="right numbers">{figure(row.values[index], unit, answer.currency)}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
      {answer.truncated && <p className="muted small pad">The largest groups are shown; there are more.</p>}
    </div>
  );
}
