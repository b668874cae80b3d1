/** What a run takes, as the compiler works it out. */

import type { Schemas } from "../api/client";

const range = ({ least, most }: { least: number; most: number | null }, form: (n: number) => string): string =>
  most === null ? `${form(least)} +` : least === most ? form(least) : `${form(least)} – ${form(most)}`;

const money = new Intl.NumberFormat("en", { style: "currency", currency: "USD", maximumFractionDigits: 3 });

export const Forecast = ({ forecast }: { forecast: Schemas["Forecast"] }) => (
  <dl className="figures" aria-label="Forecast">
    <div><dt>Transitions a run</dt><dd>{range(forecast.transitions, String)}</dd></div>
    <div><dt>1,000 runs on AWS</dt><dd>{range(forecast.cost, (n) => money.format(n))}</dd></div>
    <div><dt>States</dt><dd>{forecast.states}</dd></div>
  </dl>
);
