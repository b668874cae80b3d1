/** One template: what it does, its drawing, and the few fields that make a workflow of it. */

import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";

import { useCan } from "../api/account";
import { api, type Schemas } from "../api/client";
import { usePeople } from "../api/people";
import { useAct, useLoad } from "../api/use";
import { Form, TextField } from "../ui/forms";
import { Await, Page } from "../ui/page";
import { Complaint } from "../ui/parts";
import { Preview } from "../ui/Preview";
import { defaultsOf, type Schema, type Values } from "../ui/schema";
import { SchemaForm } from "../ui/SchemaForm";

type Template = Schemas["WorkflowsTemplate"];

export function TemplatePage() {
  const { templateId } = useParams({ from: "/inside/templates/$templateId" });
  const found = useLoad(["template", templateId], () => api.GET("/v1/gallery/{template}", { params: { path: { template: templateId } } }), { stale: 600_000 });
  return (
    <Page title={found.data?.title ?? "Template"} lead={found.data?.summary} back={{ to: "/templates", label: "Templates" }} size="wide" badge={found.data !== undefined && <span className="chip">{found.data.category}</span>}>
      <Await query={found} shape="text">{(template) => <Detail key={template.id} template={template} />}</Await>
    </Page>
  );
}

function Detail({ template }: { template: Template }) {
  const can = useCan();
  return (
    <div className="split">
      <div className="stack">
        <Preview definition={template.definition} label={`Drawing of ${template.title}`} />
        <section className="card panel">
          <h2>What it does</h2>
          {template.documentation.trim().split(/\n\s*\n/).map((paragraph) => <p key={paragraph}>{paragraph}</p>)}
          <h2>What comes out</h2>
          <p>{template.outcome}</p>
          {template.input != null && <><h2>What it is started with</h2><pre className="json" tabIndex={0}>{JSON.stringify(template.input, null, 2)}</pre></>}
        </section>
      </div>
      {can("workflows:write") ? <Use template={template} /> : <p className="banner info">Your role may look at templates, but not make workflows of them.</p>}
    </div>
  );
}

function Use({ template }: { template: Template }) {
  const navigate = useNavigate();
  const people = usePeople();
  const schema = template.form as Schema;
  const [name, setName] = useState(template.title);
  const [values, setValues] = useState<Values>(() => defaultsOf(schema));
  const make = useAct(
    () => api.POST("/v1/gallery/{template}/workflows", { params: { path: { template: template.id } }, body: { name, values } }),
    { touches: [["workflows"]], says: "Your workflow is ready: look it over, then publish it.", done: ({ id }) => navigate({ to: "/workflows/$workflowId", params: { workflowId: id } }) },
  );
  return (
    <section className="card panel first" aria-label="Use this template">
      <h2>Use this template</h2>
      <Form onSubmit={() => make.mutate()}>
        <TextField label="Name of the workflow" value={name} onChange={setName} required maxLength={200} />
        <SchemaForm schema={schema} values={values} onChange={setValues} examples={template.values} people={people} />
        <Complaint error={make.error} />
        <button className="button primary full" disabled={make.isPending}>{make.isPending ? "Making it …" : "Make the workflow"}</button>
        <button type="button" className="button quiet full" onClick={() => setValues(template.values)}>Fill in example values</button>
      </Form>
    </section>
  );
}
