/** What a message looks like with data, as one writes it. */

import { Send } from "lucide-react";
import { useEffect, useState } from "react";

import { useCan } from "../api/account";
import { api, type Asked } from "../api/client";
import { useAct, useLoad } from "../api/use";
import { TextArea } from "../ui/forms";
import { Complaint } from "../ui/parts";
import { sampleOf, speaks, type Channel, type Content, type Template } from "./content";

const PAUSE = 300;

interface Props {
  template: Template;
  content: Content;
  changed: boolean;
  locale: string;
  channel: Channel;
}

function read(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return null;
  }
}

/** A text once it rests. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PAUSE);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

export function Preview({ template, content, changed, locale, channel }: Props) {
  const can = useCan();
  const [own, setOwn] = useState<string | null>(null);
  const text = own ?? JSON.stringify(sampleOf(content), null, 2);
  const data = read(text);
  const path = { params: { path: { template_id: template.id } } };
  const asked = useSettled(JSON.stringify({ channel, locale, data: data ?? {}, ...(changed ? { content } : {}) }));
  const ready = data !== null && speaks(content);
  const shown = useLoad(["notification-preview", template.id, template.version, asked], () => api.POST("/v1/notification-templates/{template_id}/preview", { ...path, body: JSON.parse(asked) as Asked<"/v1/notification-templates/{template_id}/preview", "post"> }), { enabled: ready, keep: true });
  const send = useAct(() => api.POST("/v1/notification-templates/{template_id}/test", { ...path, body: { channels: [channel], locale, data: data ?? {} } }), { says: "It is on its way to you." });
  const sendable = can("notifications:send") && template.kind === "template";
  return (
    <aside className="card panel" aria-label="Preview">
      <header className="actions"><h2 style={{ flex: 1 }}>Preview</h2>{sendable && <button type="button" className="button small-button" title={changed ? "Save first: the version that is kept is sent" : undefined} disabled={changed || data === null || send.isPending} onClick={() => send.mutate()}><Send size={14} aria-hidden /> Send it to me</button>}</header>
      <TextArea label="Data" className="mono" rows={Math.min(12, Math.max(4, text.split("\n").length))} value={text} onChange={setOwn} {...(data === null ? { hint: <span className="complaint">This is not JSON yet.</span> } : {})} />
      {own !== null && <button type="button" className="linkish small" onClick={() => setOwn(null)}>Back to the example</button>}
      <Complaint error={shown.error ?? send.error} />
      {!speaks(content) && <p className="muted small">A language or channel says nothing yet.</p>}
      {shown.data !== undefined && shown.error === null && (
        <div className="letter">
          {shown.data.body.subject !== "" && <b>{shown.data.body.subject}</b>}
          {shown.data.body.html != null && channel === "email" ? <iframe title="The e-mail" sandbox="" srcDoc={shown.data.body.html} /> : <p style={{ whiteSpace: "pre-line" }}>{shown.data.body.text}</p>}
        </div>
      )}
    </aside>
  );
}
