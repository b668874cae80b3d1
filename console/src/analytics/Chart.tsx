/** Charts, drawn by Recharts; loaded with the first of them. */

import { Area, AreaChart, Bar, BarChart, CartesianGrid, Cell, Legend, Line, LineChart, Pie, PieChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";

import { figure, shape, type Answer, type Series } from "./figures";

const COLOURS = [1, 2, 3, 4, 5, 6].map((number) => `var(--chart-${number})`);
const AXIS = { tickLine: false, axisLine: false, tick: { fontSize: 11.5, fill: "var(--muted)" } } as const;
const MOST_SLICES = 7;

const colour = (at: number): string => COLOURS[at % COLOURS.length]!;

const box = {
  contentStyle: { background: "var(--raised)", border: "1px solid var(--line)", borderRadius: 8, boxShadow: "var(--shadow-high)", fontSize: 12.5 },
  labelStyle: { color: "var(--muted)" }, itemStyle: { color: "var(--text)" }, isAnimationActive: false,
} as const;

/** A chart of an answer, as tall as what is around it. */
export function Chart({ answer, kind }: { answer: Answer; kind: "line" | "area" | "bar" | "pie" }) {
  const { series, points } = shape(answer);
  const said = (value: unknown, key: unknown): string => figure(typeof value === "number" ? value : null, series.find((each) => each.key === key || each.label === key)?.unit, answer.currency);
  const axes = [
    <CartesianGrid key="grid" vertical={false} stroke="var(--line)" />,
    <XAxis key="x" dataKey="x" {...AXIS} minTickGap={28} />,
    <YAxis key="y" {...AXIS} width={58} tickFormatter={(value: number) => figure(value, series[0]?.unit, answer.currency)} />,
    <Tooltip key="tip" {...box} cursor={{ fill: "var(--sunken)", stroke: "var(--line-strong)" }} formatter={(value, name) => [said(value, name), String(name)]} />,
    ...(series.length > 1 ? [<Legend key="legend" iconType="circle" iconSize={8} wrapperStyle={{ fontSize: 12 }} />] : []),
  ];
  const margin = { top: 8, right: 8, bottom: 0, left: 0 };
  return (
    <ResponsiveContainer width="100%" height="100%" minHeight={120}>
      {kind === "pie" ? <Slices points={points} series={series} said={said} />
        : kind === "line" ? <LineChart data={points} margin={margin} accessibilityLayer={false}>{axes}{series.map((each, at) => <Line key={each.key} dataKey={each.key} name={each.label} stroke={colour(at)} strokeWidth={2} dot={false} isAnimationActive={false} connectNulls />)}</LineChart>
          : kind === "area" ? <AreaChart data={points} margin={margin} accessibilityLayer={false}>{axes}{series.map((each, at) => <Area key={each.key} dataKey={each.key} name={each.label} stroke={colour(at)} fill={colour(at)} fillOpacity={0.16} strokeWidth={2} isAnimationActive={false} connectNulls />)}</AreaChart>
            : <BarChart data={points} margin={margin} accessibilityLayer={false}>{axes}{series.map((each, at) => <Bar key={each.key} dataKey={each.key} name={each.label} fill={colour(at)} radius={[3, 3, 0, 0]} maxBarSize={38} isAnimationActive={false} />)}</BarChart>}
    </ResponsiveContainer>
  );
}

function Slices({ points, series, said }: { points: Record<string, string | number | null>[]; series: Series[]; said: (value: unknown, key: unknown) => string }) {
  const [first] = series;
  const data = points.slice(0, MOST_SLICES).map((point) => ({ name: String(point["x"]), value: Number(point[first?.key ?? ""] ?? 0) }));
  return (
    <PieChart accessibilityLayer={false}>
      <Pie data={data} dataKey="value" nameKey="name" innerRadius="58%" outerRadius="88%" paddingAngle={2} stroke="var(--surface)" isAnimationActive={false} rootTabIndex={-1}>
        {data.map(({ name }, at) => <Cell key={name} fill={colour(at)} />)}
      </Pie>
      <Tooltip {...box} formatter={(value, name) => [said(value, first?.key), String(name)]} />
      <Legend iconType="circle" iconSize={8} wrapperStyle={{ fontSize: 12 }} />
    </PieChart>
  );
}
