/** A polling trigger: what is asked how often, what of it is an item, when one is new. */

import { useEffect, useMemo, useState } from "react";
import { Search } from "lucide-react";

import { isFields, type Definition, type Fields, type Json, type Step } from "../graph/definition";
import { pollNames, pollValues, type PollField } from "../graph/poll";
import { exampleOf } from "../graph/samples";
import { Catalogue } from "./Catalogue";
import { useReadOnly } from "./editing";
import { Choice, TextField } from "./fields";
import { ActionFields } from "./KindFields";
import { plain } from "./parsing";
import { ReachContext } from "./reach";
import { useAction } from "./useActions";
import { ValueField } from "./ValueField";

interface Props {
  trigger: Fields;
  put: (fields: Partial<Fields>) => void;
}

/** The samples of all fields, from what the action promises to give. */
function usePollValues(trigger: Fields): Fields {
  const result = useAction(plain(trigger["use"]))?.result as Json | undefined;
  const [values, setValues] = useState<Fields>({});
  const said = JSON.stringify([trigger["items"], trigger["cursor"], result]);
  useEffect(() => {
    let current = true;
    const [items, cursor, schema] = JSON.parse(said) as (Json | null)[];
    const asked = Object.fromEntries(Object.entries({ items, cursor }).filter(([, each]) => each !== null)) as Fields;
    void pollValues(asked, exampleOf(schema ?? undefined)).then((found) => current && setValues(found));
    return () => {
      current = false;
    };
  }, [said]);
  return values;
}

export function PollFields({ trigger, put }: Props) {
  const values = usePollValues(trigger);
  const readOnly = useReadOnly();
  const [choosing, setChoosing] = useState(false);
  const value = (name: Exclude<PollField, "with">, label: string, hint: string, usual = "") => (
    <Reach field={name} values={values}>
      <ValueField label={label} hint={hint} value={trigger[name] ?? usual} onChange={(changed) => put({ [name]: changed ?? "" })} />
    </Reach>
  );
  return (
    <>
      <When trigger={trigger} put={put} />
      <Reach field="with" values={values}><ActionFields step={trigger as Step} put={put} /></Reach>
      {!readOnly && <button type="button" className="button" onClick={() => setChoosing(true)}><Search size={15} aria-hidden /> Choose what is asked</button>}
      {value("items", "Items", "The list in what the action gives; each new item starts an execution", "{% $result.body %}")}
      {value("key", "Key of an item", "An item whose key was seen before starts nothing", "{% $item.id %}")}
      {value("cursor", "Cursor", "Kept for the next poll, which sees it as $cursor, to ask only for what came since")}
      <Choice label="What is there at the first poll" value={plain(trigger["first"]) || "note"} options={[["note", "is only noted"], ["start", "starts executions, too"]]} onChange={(first) => put({ first: first === "note" ? "" : first })} />
      {choosing && <Catalogue title="What is asked" flow={false} definition={NO_STEPS} onClose={() => setChoosing(false)} onPick={(step) => { setChoosing(false); put({ use: step["use"] ?? "", with: isFields(step["with"]) ? step["with"] : {} }); }} />}
    </>
  );
}

const NO_STEPS = { name: "", steps: [] } as unknown as Definition;

function Reach({ field, values, children }: { field: PollField; values: Fields; children: React.ReactNode }) {
  const reach = useMemo(() => ({ names: pollNames(field), values }), [field, values]);
  return <ReachContext value={reach}>{children}</ReachContext>;
}

function When({ trigger, put }: Props) {
  const by = trigger["cron"] === undefined ? "rate" : "cron";
  const change = (chosen: string): void => put(chosen === "rate" ? { rate: "5m", cron: "", timezone: "" } : { cron: "*/5 * * * *", rate: "" });
  return (
    <>
      <Choice label="Asks" value={by} options={[["rate", "every so often"], ["cron", "at times of the day"]]} onChange={change} />
      {by === "rate" ? <TextField label="Every" mono hint="1m, 15m, 2h, 1d" value={plain(trigger["rate"])} onChange={(rate) => put({ rate })} /> : (
        <>
          <TextField label="Cron" mono hint="minute hour day month weekday" value={plain(trigger["cron"])} onChange={(cron) => put({ cron })} />
          <TextField label="Time zone" placeholder="UTC" value={plain(trigger["timezone"])} onChange={(timezone) => put({ timezone })} />
        </>
      )}
    </>
  );
}
