/** What data a template takes: fields with their types, or the whole JSON Schema. */

import { useEffect, useState } from "react";

import { ReadOnlyContext } from "../builder/editing";
import { InputFields } from "../builder/InputFields";
import { JsonEditor, useJson } from "../editor/JsonEditor";
import { isFields, type Fields, type Json } from "../graph/definition";

interface Props {
  schema: Fields | null;
  may: boolean;
  /** Names in the texts that the schema does not know. */
  missing: readonly string[];
  onChange: (schema: Fields | null) => void;
}

export function DataFields({ schema, may, missing, onChange }: Props) {
  const [whole, setWhole] = useState(false);
  const add = (): void => {
    const own = schema ?? { type: "object" };
    const properties = isFields(own["properties"] as Json) ? (own["properties"] as Fields) : {};
    onChange({ ...own, properties: { ...properties, ...Object.fromEntries(missing.map((name): [string, Json] => [name, { type: "string" }])) } });
  };
  return (
    <ReadOnlyContext value={!may}>
      <div className="data-fields">
        {whole ? <Whole schema={schema} onChange={onChange} /> : <InputFields title="Data" schema={schema ?? undefined} hint={schema === null ? "Any data is taken. With fields, a message whose data does not fit is refused." : "A message whose data does not fit is refused."} onChange={(changed) => onChange(changed ?? null)} />}
        {missing.length > 0 && may && <p className="muted small">The texts also take {missing.join(", ")}. <button type="button" className="linkish" onClick={add}>Add {missing.length === 1 ? "it" : "them"}</button></p>}
        {may && <button type="button" className="linkish small" onClick={() => setWhole(!whole)}>{whole ? "Edit as fields" : "Edit as JSON Schema"}</button>}
      </div>
    </ReadOnlyContext>
  );
}

function Whole({ schema, onChange }: Pick<Props, "schema" | "onChange">) {
  const json = useJson(schema ?? { type: "object", properties: {} });
  const { changed, problem, value } = json;
  useEffect(() => {
    if (changed && problem === null && (value === null || isFields(value))) onChange(value);
    // The parent's function is new with each render; what is told depends on the text alone.
  }, [changed, problem, value]);
  return <JsonEditor label="Data, as JSON Schema" hint="Nested objects, lists, formats, limits; empty: any data is taken" json={json} />;
}
