/** When a report is sent by e-mail, to whom, and as what. */

import type { Schemas } from "../api/client";
import { usePeople } from "../api/people";
import { ListField, SelectField, Switch, TextField } from "../ui/forms";

type Schedule = Schemas["Schedule"];

const TIMES = [{ value: "0 8 * * *", label: "Every day at 8:00" }, { value: "0 8 * * 1-5", label: "Working days at 8:00" }, { value: "0 8 * * 1", label: "Mondays at 8:00" }, { value: "0 8 1 * *", label: "The first of the month at 8:00" }];

export function ScheduleFields({ schedule, onChange }: { schedule: Schedule | null; onChange: (schedule: Schedule | null) => void }) {
  const people = usePeople();
  const begin = (): Schedule => ({ cron: "0 8 * * 1", time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone, format: "pdf", recipients: [] });
  const usual = schedule === null || TIMES.some(({ value }) => value === schedule.cron);
  return (
    <>
      <Switch label="Send it by e-mail" checked={schedule !== null} onChange={(on) => onChange(on ? begin() : null)} />
      {schedule !== null && (
        <div className="nested">
          <div className="columns">
            <SelectField label="When" value={usual ? schedule.cron : "own"} options={[...TIMES, { value: "own", label: "At other times" }]} onChange={(cron) => onChange({ ...schedule, cron: cron === "own" ? "30 7 * * *" : cron })} />
            {!usual && <TextField label="Times (five cron fields)" className="mono" required value={schedule.cron} onChange={(cron) => onChange({ ...schedule, cron })} />}
            <SelectField label="As" value={schedule.format ?? "pdf"} options={[{ value: "pdf", label: "PDF" }, { value: "xlsx", label: "Excel" }, { value: "csv", label: "CSV" }]} onChange={(format) => onChange({ ...schedule, format })} />
            <TextField label="Time zone" value={schedule.time_zone ?? ""} onChange={(zone) => onChange({ ...schedule, time_zone: zone })} />
          </div>
          <ListField label="To" values={schedule.recipients} required suggestions={people} placeholder="role:owner, ada@example.com" onChange={(recipients) => onChange({ ...schedule, recipients })} />
        </div>
      )}
    </>
  );
}
