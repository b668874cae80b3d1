/** The columns of a file beside a table's; what does not fit; the rows on their way in. */

import { useQueryClient } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import type { Schemas } from "../api/client";
import { PreviewRows } from "../files/PreviewRows";
import { short } from "../files/names";
import { SelectField } from "../ui/forms";
import { Complaint } from "../ui/parts";
import { toast } from "../ui/toast";
import { TYPES } from "./ColumnsField";
import { matched, MOST_TOLD, said, type Progress } from "./importing";
import type { Table } from "./TableList";
import { through } from "./through";
import { columnsInOrder } from "./values";

type Mode = Schemas["NewImport"]["mode"];
const SHOWN = 5;

interface Props {
  table: Table;
  name: string;
  preview: Schemas["FilePreview"];
  onBack: () => void;
  onClose: () => void;
}

export function ImportRows({ table, name, preview, onBack, onClose }: Props) {
  const queries = useQueryClient();
  const [columns, setColumns] = useState(() => matched(Object.keys(table.columns), preview.columns));
  const [mode, setMode] = useState<Mode>("add");
  const [doing, setDoing] = useState<"check" | "import" | null>(null);
  const [progress, setProgress] = useState<Progress | null>(null);
  const [error, setError] = useState<unknown>(null);
  const gone = useRef(false);
  useEffect(() => { gone.current = false; return () => { gone.current = true; }; }, []);
  const missing = columnsInOrder(table).filter(([each, { required }]) => (required === true || table.key.includes(each)) && columns[each] === undefined).map(([each]) => each);
  const again = (): void => { setProgress(null); setError(null); };
  const go = async (what: "check" | "import"): Promise<void> => {
    setDoing(what);
    setError(null);
    try {
      const end = await through(table.name, { file: name, columns, mode, check: what === "check" }, setProgress, () => gone.current);
      if (what === "check" || !end.done) return;
      toast(`${end.kept.toLocaleString()} ${end.kept === 1 ? "row is" : "rows are"} imported.`);
      onClose();
    } catch (failure) {
      setError(failure);
    } finally {
      setDoing(null);
      if (what === "import") await queries.invalidateQueries({ queryKey: ["tables"] });
    }
  };
  return (
    <>
      <p className="muted"><b className="wrap">{short(name)}</b> begins with these rows:</p>
      <PreviewRows columns={preview.columns} rows={preview.rows.slice(0, SHOWN)} more={false} />
      <fieldset className="field mapping" disabled={doing !== null}>
        <legend>Filled from</legend>
        {columnsInOrder(table).map(([each, { type, required }]) => (
          <label key={each}>
            <span>{each} <small className="muted">{TYPES[type]}{table.key.includes(each) ? ", key" : required === true ? ", needed" : ""}</small></span>
            <select aria-label={`${each} is filled from`} value={columns[each] ?? ""} onChange={(event) => { again(); setColumns(Object.fromEntries(Object.entries({ ...columns, [each]: event.target.value }).filter(([, source]) => source !== ""))); }}><option value="">nothing</option>{preview.columns.map((source) => <option key={source}>{source}</option>)}</select>
          </label>
        ))}
      </fieldset>
      {table.key.length > 0 && <SelectField label="Rows whose key is in the table already" value={mode ?? "add"} disabled={doing !== null} options={[{ value: "add", label: "are left out" }, { value: "update", label: "are changed" }]} onChange={(chosen) => { again(); setMode(chosen); }} />}
      {missing.length > 0 && <p className="complaint">{missing.join(" and ")} {missing.length === 1 ? "is" : "are"} needed: say what {missing.length === 1 ? "it is" : "they are"} filled from.</p>}
      {progress !== null && <Found progress={progress} doing={doing} />}
      <Complaint error={error} />
      <footer>
        <button type="button" className="button" disabled={doing !== null} onClick={onBack}><ArrowLeft size={15} aria-hidden /> Another file</button><span style={{ flex: 1 }} />
        <button type="button" className="button" onClick={onClose}>Cancel</button>
        {progress?.done === true && doing === null && progress.kept > 0
          ? <button type="button" className="button primary" onClick={() => void go("import")}>Import {progress.kept.toLocaleString()} {progress.kept === 1 ? "row" : "rows"}</button>
          : <button type="button" className="button primary" disabled={doing !== null || missing.length > 0 || Object.keys(columns).length === 0} onClick={() => void go("check")}>{doing === "import" ? "Importing …" : doing === "check" ? "Checking …" : "Check the rows"}</button>}
      </footer>
    </>
  );
}

function Found({ progress, doing }: { progress: Progress; doing: "check" | "import" | null }) {
  const { read, kept, wrong, errors } = progress;
  if (doing === "import") return <p role="status" className="banner info">{kept.toLocaleString()} rows are in the table.</p>;
  return (
    <div className="stack" role="status">
      <p className={`banner ${wrong === 0 ? "good" : "warn"}`}>{wrong === 0 ? `All ${read.toLocaleString()} rows fit.` : `${kept.toLocaleString()} of ${read.toLocaleString()} rows fit. ${wrong.toLocaleString()} would be left out:`}</p>
      {errors.length > 0 && <ul className="inset wrong-rows" tabIndex={0} aria-label="Rows that do not fit">{errors.map((each, at) => <li key={at}>{said(each)}</li>)}</ul>}
      {errors.length === MOST_TOLD && <small className="muted">The first {MOST_TOLD} are shown.</small>}
    </div>
  );
}
