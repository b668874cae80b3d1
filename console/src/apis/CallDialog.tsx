/** How a route is called: from a shell, Python or JavaScript, as its description has it. */

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import type { Schemas } from "../api/client";
import { Copyable, Facts, Tabs } from "../ui/extras";
import { Await } from "../ui/page";
import { Dialog } from "../ui/parts";

interface Sample {
  label: string;
  source: string;
}

interface Operation {
  summary?: string;
  responses?: Record<string, { description?: string }>;
  "x-codeSamples"?: Sample[];
}

interface Described {
  paths?: Record<string, Record<string, Operation>>;
}

export function CallDialog({ route, base, onClose }: { route: Schemas["ApiRoute"]; base: string; onClose: () => void }) {
  // The page's policy lets it read from its own site, which serves the API, too.
  const address = `${new URL(base).pathname}/openapi.json`;
  const found = useQuery({
    queryKey: ["apis", "document"],
    queryFn: async () => {
      const answer = await fetch(address);
      if (!answer.ok) throw new Error(`The description cannot be read: ${answer.status}`);
      return (await answer.json()) as Described;
    },
  });
  return (
    <Dialog title={`${route.method} ${route.url.slice(base.length)}`} open onClose={onClose} wide>
      <Await query={found} shape="text">{(document) => <Call route={route} operation={document.paths?.[route.url.slice(base.length)]?.[route.method.toLowerCase()]} />}</Await>
    </Dialog>
  );
}

function Call({ route, operation }: { route: Schemas["ApiRoute"]; operation: Operation | undefined }) {
  const samples = operation?.["x-codeSamples"] ?? [];
  const [language, setLanguage] = useState(samples[0]?.label ?? "");
  if (operation === undefined) return <><p className="muted">Its workflow keeps this route out of the description.</p><Copyable label="Address" text={route.url} /></>;
  return (
    <>
      <p className="muted">{operation.summary}</p>
      <Tabs label="Language" value={language} onChange={setLanguage} tabs={samples.map(({ label, source }) => ({ value: label, label, content: <pre className="json" tabIndex={0}>{source}</pre> }))} />
      <h3>Answers</h3>
      <Facts facts={Object.entries(operation.responses ?? {}).map(([status, { description }]) => [status, description ?? ""] as const)} />
    </>
  );
}
