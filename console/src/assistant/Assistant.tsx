/** Describe it: words become a draft, with what it was made of, what was assumed and what is open. */

import { Link } from "@tanstack/react-router";
import { Lightbulb, Sparkles } from "lucide-react";
import { useState } from "react";

import { useCan } from "../api/account";
import { api } from "../api/client";
import { useAct, useLoad } from "../api/use";
import { CategoryIcon } from "../templates/Gallery";
import { Form, SelectField } from "../ui/forms";
import { Page, Section } from "../ui/page";
import { Complaint } from "../ui/parts";
import { Progress, ProposalView } from "./Proposal";
import { fitting } from "./suggest";

const IDEAS = [
  "When somebody hands in an expense over 200, ask their manager; pay the others at once.",
  "Every morning at 7, fetch yesterday's orders, add them up and mail the sum to the team.",
  "When a webhook tells of a new lead, look the company up and route large ones to key accounts.",
];

export function Assistant() {
  const can = useCan();
  const [request, setRequest] = useState("");
  const [connection, setConnection] = useState("");
  const providers = useLoad(["connections"], () => api.GET("/v1/connections"), { enabled: can("connections:read") });
  const models = (providers.data ?? []).filter(({ kind }) => kind === "ai_provider");
  const settings = useLoad(["ai-settings"], () => api.GET("/v1/ai/settings"), { enabled: can("ai:read") });
  // Where the workspace names no model, the first one that there is.
  const model = connection || (settings.data?.connection ?? models[0]?.name);
  const begin = useAct(() => api.POST("/v1/ai/tasks", { body: { kind: "draft", request, repairs: 3, ...(model === undefined ? {} : { connection: model }) } }));
  const id = begin.data?.id;
  const task = useLoad(["ai-task", id], () => api.GET("/v1/ai/tasks/{task_id}", { params: { path: { task_id: id ?? "" } } }), {
    enabled: id !== undefined, every: (data) => (data === undefined || data.status === "working" ? 700 : false),
  });
  const working = begin.isPending || (id !== undefined && task.data === undefined && !task.isError) || task.data?.status === "working";
  return (
    <Page title="Describe it" lead="Say in your own words what should happen. You get a draft that was checked, compiled and tried before you see it." size="narrow">
      <Form className="card panel" onSubmit={() => begin.mutate()} label="Describe it">
        <textarea aria-label="What should happen" rows={5} required minLength={3} maxLength={8000} placeholder="When … then …" value={request} onChange={(event) => setRequest(event.target.value)} />
        {request === "" && (
          <div className="stack" style={{ gap: 6 }}>
            {IDEAS.map((idea) => <button type="button" key={idea} className="idea" onClick={() => setRequest(idea)}><Lightbulb size={15} aria-hidden /> {idea}</button>)}
          </div>
        )}
        <Complaint error={begin.error ?? task.error} />
        <footer>
          {models.length > 1 && <SelectField label="Model" value={model ?? ""} onChange={setConnection} options={models.map(({ name, title }) => ({ value: name, label: title }))} />}
          <button className="button primary" disabled={working || providers.isLoading || settings.isLoading || !can("ai:use")}><Sparkles size={16} aria-hidden /> {working ? "Drafting …" : "Draft it"}</button>
        </footer>
      </Form>
      {working && <Progress steps={task.data?.progress ?? []} />}
      {task.data?.status === "failed" && <div className="banner" role="alert">{task.data.detail ?? task.data.error}</div>}
      {task.data?.status === "unavailable" && <Unavailable request={request} suggestions={task.data.suggestions ?? []} />}
      {task.data?.proposal != null && <ProposalView proposal={task.data.proposal} />}
    </Page>
  );
}

interface Suggestion {
  action: string;
  title: string;
}

/** Without a language model: what a search finds instead. */
function Unavailable({ request, suggestions }: { request: string; suggestions: readonly Suggestion[] }) {
  const can = useCan();
  const all = useLoad(["templates"], () => api.GET("/v1/gallery"), { stale: 600_000 });
  const found = fitting(all.data?.items ?? [], request);
  return (
    <>
      <div className="banner info" role="status">
        <Sparkles size={16} aria-hidden />
        <div>
          <b>No language model is connected, so nothing was drafted.</b>
          {can("connections:write") && <> <Link to="/connections" search={{ add: "ai_provider" }}>Connect OpenAI or Anthropic</Link>, or start from what a search found:</>}
        </div>
      </div>
      <Section title="Templates that may fit">
        {found.length === 0 ? <p className="muted">None shares a word with your description. <Link to="/templates">See all templates</Link></p> : (
          <div className="cards">
            {found.map((item) => (
              <Link key={item.id} to="/templates/$templateId" params={{ templateId: item.id }} className="card tile"><CategoryIcon category={item.category} /><h2>{item.title}</h2><p className="muted">{item.summary}</p></Link>
            ))}
          </div>
        )}
      </Section>
      {suggestions.length > 0 && (
        <Section title="Steps that may help" lead="Add them in the builder.">
          <div className="chips">{suggestions.map(({ action, title }) => <span key={action} className="chip" title={action}>{title}</span>)}</div>
        </Section>
      )}
    </>
  );
}
