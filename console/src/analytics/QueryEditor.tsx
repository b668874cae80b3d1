/** A question to the figures, put together from the semantic model. */

import { Plus, X } from "lucide-react";

import { api, type Schemas } from "../api/client";
import { useLoad } from "../api/use";
import { Field, ListField, SelectField } from "../ui/forms";
import { Await } from "../ui/page";
import type { Query } from "./figures";
import { periodOf, PERIODS, periodValue } from "./query";

type Model = Schemas["ModelView"];
type Filter = Schemas["Filter"];
type Chart = NonNullable<Query["chart"]>;

const CHARTS: readonly Chart[] = ["table", "number", "line", "area", "bar", "pie"];
const GRAINS = ["", "hour", "day", "week", "month", "quarter", "year"] as const;
const OPERATORS = ["is", "is_not", "contains", "starts_with", "is_empty", "is_not_empty"] as const;
const MOST_DIMENSIONS = 3;

export function QueryEditor({ query, onChange }: { query: Query; onChange: (query: Query) => void }) {
  const model = useLoad(["model"], () => api.GET("/v1/analytics/model"), { stale: 600_000 });
  return <Await query={model} shape="text">{(known) => <Fields model={known} query={query} onChange={onChange} />}</Await>;
}

const toggled = (names: readonly string[], name: string, on: boolean): string[] => (on ? [...names, name] : names.filter((each) => each !== name));

function Fields({ model, query, onChange }: { model: Model; query: Query; onChange: (query: Query) => void }) {
  const dataset = model.datasets.find(({ name }) => name === query.dataset) ?? model.datasets[0]!;
  const put = (change: Partial<Query>): void => onChange({ ...query, ...change });
  const dimensions = query.dimensions ?? [];
  const choose = (name: string): void => {
    const next = model.datasets.find((each) => each.name === name);
    put({ dataset: name, measures: [next?.measures[0]?.name ?? "count"], dimensions: [], filters: [], order_by: null });
  };
  return (
    <div className="stack">
      <div className="columns">
        <SelectField label="About" value={query.dataset} options={model.datasets.map(({ name, label }) => ({ value: name, label }))} onChange={choose} />
        <SelectField label="Period" value={periodValue(query.period)} options={[...PERIODS.filter(({ value }) => value !== periodValue(query.period)), { value: periodValue(query.period), label: PERIODS.find(({ value }) => value === periodValue(query.period))?.label ?? (periodValue(query.period) === "between" ? "Between two days" : `The last ${periodValue(query.period)}s`) }, ...(periodValue(query.period) === "between" ? [] : [{ value: "between", label: "Between two days" }])]} onChange={(value) => put({ period: periodOf(value, new Date()) })} />
        <SelectField label="Along time by" value={query.grain ?? ""} options={GRAINS.map((value) => ({ value, label: value === "" ? "not at all" : value }))} onChange={(value) => put({ grain: value === "" ? null : value })} />
        <SelectField label="Shown as" value={query.chart ?? "table"} options={CHARTS} onChange={(chart) => put({ chart })} />
      </div>
      {query.period !== undefined && "since" in query.period && <Between period={query.period} onChange={(period) => put({ period })} />}
      <fieldset className="field">
        <legend>Figures</legend>
        <div className="chips">
          {dataset.measures.map(({ name, label }) => {
            const on = query.measures.includes(name);
            return <button key={name} type="button" className="chip" aria-pressed={on} disabled={on && query.measures.length === 1} onClick={() => put({ measures: toggled(query.measures, name, !on) })}>{label}</button>;
          })}
        </div>
      </fieldset>
      <fieldset className="field">
        <legend>Grouped by</legend>
        <div className="chips">
          {dataset.dimensions.map(({ name, label }) => {
            const on = dimensions.includes(name);
            return <button key={name} type="button" className="chip" aria-pressed={on} disabled={!on && dimensions.length >= MOST_DIMENSIONS} onClick={() => put({ dimensions: toggled(dimensions, name, !on) })}>{label}</button>;
          })}
        </div>
      </fieldset>
      <Filters filters={query.filters ?? []} dimensions={dataset.dimensions} onChange={(filters) => put({ filters })} />
      <div className="columns">
        <SelectField label="Compared with" value={query.compare ?? ""} options={[{ value: "", label: "nothing" }, { value: "previous_period", label: "the period before" }, { value: "previous_year", label: "the year before" }]} onChange={(value) => put({ compare: value === "" ? null : value })} />
        <SelectField label="Ordered by" value={query.order_by ?? ""} options={[{ value: "", label: "as it comes" }, ...dataset.measures.filter(({ name }) => query.measures.includes(name)).map(({ name, label }) => ({ value: name, label }))]} onChange={(value) => put({ order_by: value === "" ? null : value })} />
        <Field label="At most"><input type="number" min={1} max={1000} value={query.limit ?? 100} onChange={(event) => put({ limit: Math.min(1000, Math.max(1, Number(event.target.value) || 1)) })} /></Field>
      </div>
    </div>
  );
}

function Between({ period, onChange }: { period: Schemas["Between"]; onChange: (period: Schemas["Between"]) => void }) {
  const put = (name: "since" | "until", day: string): void => {
    if (day !== "") onChange({ ...period, [name]: new Date(`${day}T00:00:00`).toISOString() });
  };
  return (
    <div className="columns">
      <Field label="From"><input type="date" value={period.since.slice(0, 10)} onChange={(event) => put("since", event.target.value)} /></Field>
      <Field label="Until"><input type="date" value={period.until.slice(0, 10)} onChange={(event) => put("until", event.target.value)} /></Field>
    </div>
  );
}

function Filters({ filters, dimensions, onChange }: { filters: readonly Filter[]; dimensions: readonly Schemas["Named"][]; onChange: (filters: Filter[]) => void }) {
  const put = (at: number, change: Partial<Filter>): void => onChange(filters.map((each, index) => (index === at ? { ...each, ...change } : each)));
  return (
    <fieldset className="field">
      <legend>Only where</legend>
      {filters.map((filter, at) => (
        <div key={at} className="filter">
          <SelectField label="What" value={filter.dimension} options={dimensions.map(({ name, label }) => ({ value: name, label }))} onChange={(dimension) => put(at, { dimension })} />
          <SelectField label="How" value={filter.operator ?? "is"} options={OPERATORS.map((value) => ({ value, label: value.replaceAll("_", " ") }))} onChange={(operator) => put(at, { operator })} />
          {filter.operator?.endsWith("empty") !== true && <ListField label="Values" values={filter.values ?? []} onChange={(values) => put(at, { values })} />}
          <button type="button" className="button quiet icon" aria-label="Remove the condition" onClick={() => onChange(filters.filter((_, index) => index !== at))}><X size={15} aria-hidden /></button>
        </div>
      ))}
      <button type="button" className="button small-button" style={{ justifySelf: "start" }} onClick={() => onChange([...filters, { dimension: dimensions[0]?.name ?? "", operator: "is", values: [] }])}><Plus size={14} aria-hidden /> Add a condition</button>
    </fieldset>
  );
}
