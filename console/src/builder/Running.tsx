/** A trigger as it is published: its address, when it comes next, how it does, on and off. */

import { api, type Schemas } from "../api/client";
import { useCan } from "../api/account";
import { useAct, useLoad } from "../api/use";
import type { Fields } from "../graph/definition";
import { Copyable } from "../ui/extras";
import { Switch } from "../ui/forms";
import { Complaint, Moment } from "../ui/parts";
import { useReadOnly } from "./editing";
import type { Workflow } from "./useDraft";

type Known = Schemas["PublishedTrigger"];

const ADDRESSED = new Set(["webhook", "form", "api"]);

/** The triggers of the version that is live. */
export const useTriggers = (workflow: Workflow) =>
  useLoad(["triggers", workflow.id], () => api.GET("/v1/workflows/{workflow_id}/triggers", { params: { path: { workflow_id: workflow.id } } }), { enabled: workflow.version !== null });

export function Running({ workflow, trigger }: { workflow: Workflow; trigger: Fields }) {
  const found = useTriggers(workflow);
  const known = found.data?.items.find(({ id, type }) => id === trigger["id"] && type === trigger["type"]);
  if (known !== undefined) return <Live workflow={workflow} known={known} />;
  return ADDRESSED.has(String(trigger["type"])) ? <p className="muted small">Its address appears once the workflow is published.</p> : null;
}

function Live({ workflow, known }: { workflow: Workflow; known: Known }) {
  const can = useCan();
  const readOnly = useReadOnly();
  const path = { params: { path: { workflow_id: workflow.id, trigger_id: known.id } } };
  const turn = useAct((state: "on" | "off") => api.PUT("/v1/workflows/{workflow_id}/triggers/{trigger_id}/state", { ...path, body: { state } }), { touches: [["triggers", workflow.id], ["apis"]] });
  const signed = known.type === "form" && known.settings["access"] === "signed";
  return (
    <div className="running">
      {known.url !== null && !signed && <Copyable label={`Address of ${known.id}`} text={known.url} />}
      {signed && can("workflows:write") && <SignedLink workflow={workflow} id={known.id} />}
      <p className="muted small">
        {known.next_at !== null && <>Next <Moment at={known.next_at} />. </>}
        {known.last_started_at !== null ? <>Last started something <Moment at={known.last_started_at} />.</> : "It has started nothing yet."}
      </p>
      {known.poll !== null && known.poll.cursor !== null && <p className="muted small wrap">It has come to <code>{JSON.stringify(known.poll.cursor)}</code>.</p>}
      {known.last_error !== null && <p className="complaint">{known.last_error}{known.last_error_at !== null && <> (<Moment at={known.last_error_at} />)</>}</p>}
      {!readOnly && <Switch label="On" checked={known.state === "on"} disabled={turn.isPending} onChange={(on) => turn.mutate(on ? "on" : "off")} />}
      <Complaint error={turn.error} />
    </div>
  );
}

/** A form that only who has a link may fill in. */
function SignedLink({ workflow, id }: { workflow: Workflow; id: string }) {
  const make = useAct(() => api.POST("/v1/workflows/{workflow_id}/triggers/{trigger_id}/links", { params: { path: { workflow_id: workflow.id, trigger_id: id } }, body: { hours: 168, reusable: false } }));
  return (
    <>
      {make.data !== undefined && <Copyable label={`Link to ${id}`} text={make.data.url} />}
      <button type="button" className="button small-button" disabled={make.isPending} onClick={() => make.mutate()}>Make a link for a week</button>
      <Complaint error={make.error} />
    </>
  );
}
