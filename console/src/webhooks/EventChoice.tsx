/** Which events an endpoint hears of: everything, families, or single types. */

import { FAMILIES, toggled } from "./events";

export function EventChoice({ events, onChange, disabled = false }: { events: readonly string[]; onChange: (events: string[]) => void; disabled?: boolean }) {
  const all = events.includes("*");
  const tick = (name: string, label: string, on: boolean, off = false) => (
    <label key={name}><input type="checkbox" checked={on} disabled={disabled || off} onChange={(event) => onChange(toggled(events, name, event.target.checked))} /> {label}</label>
  );
  return (
    <fieldset className="field checks">
      <legend>Hears of</legend>
      {tick("*", "Everything", all)}
      {FAMILIES.map(({ name, label, types }) => {
        const whole = events.includes(`${name}.*`);
        return (
          <div key={name} className="checks nested-checks">
            {tick(`${name}.*`, label, all || whole, all)}
            <div className="chips">{types.map((type) => {
              const full = `${name}.${type}`;
              const on = all || whole || events.includes(full);
              return <button key={full} type="button" className="chip" aria-pressed={on} disabled={disabled || all || whole} onClick={() => onChange(toggled(events, full, !on))}>{type.replaceAll("_", " ")}</button>;
            })}</div>
          </div>
        );
      })}
    </fieldset>
  );
}
