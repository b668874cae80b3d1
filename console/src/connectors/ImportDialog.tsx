/** Importing a description: from an address, a file, or text; what would change is shown before it does. */

import { FileUp } from "lucide-react";
import { useState } from "react";

import { api, type Schemas } from "../api/client";
import { useAct } from "../api/use";
import { Field, Form, TextField } from "../ui/forms";
import { Complaint, Dialog } from "../ui/parts";
import { DifferenceView } from "./Difference";

type Difference = Schemas["IntegrationsDifference"];

interface Props {
  open: boolean;
  onClose: () => void;
  onDone: (name: string) => void;
  /** The connector that is imported anew. */
  again?: { name: string; source: string };
}

export function ImportDialog({ open, onClose, onDone, again }: Props) {
  return (
    <Dialog title={again === undefined ? "Import a connector" : `Import ${again.name} again`} open={open} onClose={onClose}>
      <Source {...(again === undefined ? {} : { again })} onClose={onClose} onDone={onDone} />
    </Dialog>
  );
}

/** A file's or an address' name as a connector's. */
const nameOf = (source: string): string =>
  (source.replace(/[?#].*$/, "").replace(/\.(ya?ml|json|zip|gz)$/i, "").split("/").filter((part) => part !== "" && !/^(openapi|swagger|v\d+|api|https?:)$/i.test(part)).at(-1) ?? "")
    .toLowerCase().replaceAll(/[^a-z0-9]+/g, "_").replaceAll(/^[^a-z]+|_+$/g, "").slice(0, 40);

interface Given {
  url?: string;
  document?: string;
  archive?: string;
  declaration?: string;
}

/** A file as the API takes it: archives in Base64, everything else as text. */
async function read(file: File): Promise<Given> {
  if (!/\.(zip|gz)$/i.test(file.name)) {
    const text = await file.text();
    return /^\s*connector\s*:/m.test(text) ? { declaration: text } : { document: text };
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  return { archive: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")) };
}

function Source({ again, onClose, onDone }: Omit<Props, "open">) {
  const [url, setUrl] = useState(again?.source.startsWith("http") === true ? again.source : "");
  const [file, setFile] = useState<File | null>(null);
  const [named, setNamed] = useState<string | null>(again?.name ?? null);
  const [server, setServer] = useState("");
  const [found, setFound] = useState<Difference | null>(null);
  const name = named ?? nameOf(file?.name ?? url);
  const body = async () => ({ name, ...(file === null ? { url } : await read(file)), ...(server === "" ? {} : { server }) });
  const look = useAct(async () => api.POST("/v1/connectors/diff", { body: await body() }), { done: setFound });
  const bring = useAct(async () => api.POST("/v1/connectors", { body: await body() }), {
    touches: [["connectors"], ["connector", name], ["operations"], ["actions"]], says: ({ operations }) => `${operations} operations are ready to use.`,
    done: (made) => { onClose(); onDone(made.connector); },
  });
  if (found !== null) {
    return (
      <>
        <DifferenceView difference={found} />
        <Complaint error={bring.error} />
        {bring.isPending && <Working says="Importing" />}
        <footer>
          <button type="button" className="button" onClick={() => setFound(null)}>Back</button>
          <button type="button" className="button primary" disabled={bring.isPending || found.operations === 0} onClick={() => bring.mutate()}>Import {found.operations} operations</button>
        </footer>
      </>
    );
  }
  return (
    <Form onSubmit={() => look.mutate()}>
      <TextField label="Address of the description" type="url" value={url} onChange={(value) => { setUrl(value); setFile(null); }} required={file === null} placeholder="https://api.example.com/openapi.json" />
      <label className={`drop ${file === null ? "" : "given"}`} onDragOver={(event) => event.preventDefault()} onDrop={(event) => { event.preventDefault(); setFile(event.dataTransfer.files[0] ?? null); }}>
        <FileUp size={18} aria-hidden /> {file === null ? "Or choose a file, or drop it here" : `${file.name}, ${Math.ceil(file.size / 1024)} kB`}
        <input type="file" className="visually-hidden" aria-label="File" accept=".json,.yaml,.yml,.zip,.gz" onChange={(event) => { setFile(event.target.files?.[0] ?? null); setUrl(""); }} />
      </label>
      <p className="muted small">OpenAPI 3.0 and 3.1, Swagger 2.0, a ZIP of several files, or a connector of your own in YAML.</p>
      <Field label="Name in steps">
        <input value={name} disabled={again !== undefined} required pattern="[a-z][a-z0-9_]{0,39}" title="Small letters, digits and _" onChange={(event) => setNamed(event.target.value)} />
      </Field>
      <TextField label="Server, if not the description's" type="url" value={server} onChange={setServer} placeholder="https://api.example.com" />
      <Complaint error={look.error} />
      {look.isPending && <Working says="Reading the description" />}
      <footer>
        <button type="button" className="button" onClick={onClose}>Cancel</button>
        <button className="button primary" disabled={look.isPending}>Read it</button>
      </footer>
    </Form>
  );
}

const Working = ({ says }: { says: string }) => (
  <div role="status" className="stack" style={{ gap: 6 }}><span className="muted small">{says}. Large descriptions take some seconds.</span><div className="progress unknown"><i /></div></div>
);
