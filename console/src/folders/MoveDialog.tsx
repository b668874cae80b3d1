/** Puts something into another folder. */

import { useState } from "react";

import { api } from "../api/client";
import { useAct } from "../api/use";
import { Form, SelectField } from "../ui/forms";
import { Complaint, Dialog } from "../ui/parts";
import { useFolders } from "./useFolders";

export type Movable = "workflow" | "connection" | "report" | "dashboard";

interface Props {
  kind: Movable;
  id: string;
  name: string;
  folder: string | null;
  onClose: () => void;
}

function move(kind: Movable, id: string, folder: string | null) {
  const body = { folder_id: folder };
  switch (kind) {
    case "workflow": return api.PUT("/v1/workflows/{workflow_id}/folder", { params: { path: { workflow_id: id } }, body });
    case "connection": return api.PUT("/v1/connections/{connection_id}/folder", { params: { path: { connection_id: id } }, body });
    case "report": return api.PUT("/v1/reports/{report_id}/folder", { params: { path: { report_id: id } }, body });
    case "dashboard": return api.PUT("/v1/dashboards/{dashboard_id}/folder", { params: { path: { dashboard_id: id } }, body });
  }
}

export function MoveDialog({ kind, id, name, folder, onClose }: Props) {
  const folders = useFolders();
  const [chosen, setChosen] = useState(folder ?? "");
  const act = useAct(() => move(kind, id, chosen === "" ? null : chosen), { touches: [[`${kind}s`], [kind, id], ["folders"]], says: "Moved.", done: onClose });
  return (
    <Dialog title={`Move ${name}`} open onClose={onClose}>
      <Form onSubmit={() => act.mutate()}>
        <SelectField label="Folder" value={chosen} options={[{ value: "", label: "No folder" }, ...folders.map((each) => ({ value: each.id, label: each.path }))]} onChange={setChosen} hint="Grants on a folder hold for all that lies in it" />
        <Complaint error={act.error} />
        <footer><button type="button" className="button" onClick={onClose}>Cancel</button><button className="button primary" disabled={chosen === (folder ?? "") || act.isPending}>Move</button></footer>
      </Form>
    </Dialog>
  );
}
