/** The page of a template of messages, or of a layout around them. */

import { useNavigate, useParams } from "@tanstack/react-router";
import { Trash2 } from "lucide-react";
import { useState } from "react";

import { useCan } from "../api/account";
import { api, type Schemas } from "../api/client";
import { useAct, useLoad } from "../api/use";
import { Acts, Confirm } from "../ui/extras";
import { Await, Page } from "../ui/page";
import { Editor } from "./TemplateEditor";

type Template = Schemas["NotificationsTemplate"];
export function TemplateEditorPage() {
  const { templateId } = useParams({ from: "/inside/notifications/templates/$templateId" });
  const fresh = templateId === "new";
  const found = useLoad(["notification-template", templateId], () => api.GET("/v1/notification-templates/{template_id}", { params: { path: { template_id: templateId } } }), { enabled: !fresh });
  const name = found.data?.name ?? "New template";
  return (
    <Page title={name} back={{ to: "/notifications", label: "Notifications" }} size="wide" badge={found.data !== undefined && <span className="chip">version {found.data.version}</span>} actions={found.data !== undefined && <More template={found.data} />}>
      {fresh ? <Editor template={null} /> : <Await query={found} shape="text">{(template) => <Editor key={template.id} template={template} />}</Await>}
    </Page>
  );
}

function More({ template }: { template: Template }) {
  const may = useCan()("notifications:write");
  const navigate = useNavigate();
  const [deleting, setDeleting] = useState(false);
  const remove = useAct(() => api.DELETE("/v1/notification-templates/{template_id}", { params: { path: { template_id: template.id } } }), { touches: [["notification-templates"]], says: "The template is deleted.", done: () => navigate({ to: "/notifications" }) });
  return (
    <>
      <Acts label="More" acts={[may && { label: "Delete", danger: true, icon: <Trash2 size={15} aria-hidden />, run: () => setDeleting(true) }]} />
      <Confirm title={`Delete ${template.name}?`} action="Delete" open={deleting} pending={remove.isPending} error={remove.error} onClose={() => setDeleting(false)} onConfirm={() => remove.mutate()}>What is waiting to be sent with it is sent all the same.</Confirm>
    </>
  );
}
