/** Making a connection: first its kind, then its fields. */

import { ChevronLeft } from "lucide-react";
import { useState } from "react";

import { api, type Asked, type Schemas } from "../api/client";
import { useAct, useLoad } from "../api/use";
import { Form, Switch, TextField } from "../ui/forms";
import { Skeleton } from "../ui/page";
import { Complaint, Dialog } from "../ui/parts";
import { AuthFields } from "./AuthFields";
import { begin, complete, kindOf, KINDS, type Auth, type Kind } from "./kinds";

type Made = Schemas["Connection"];

interface Props {
  /** null: closed; "": the kinds; else a kind. */
  kind: string | null;
  /** `connector:scheme`, whose settings the fields begin with. */
  from?: string;
  onKind: (kind: string | null) => void;
  onDone: (made: Made) => void;
}

export function NewConnection({ kind, from, onKind, onDone }: Props) {
  const chosen = kind === null ? undefined : kindOf(kind);
  return (
    <Dialog title={chosen === undefined ? "New connection" : `New connection: ${chosen.title}`} open={kind !== null} onClose={() => onKind(null)} wide={chosen === undefined}>
      {chosen === undefined ? (
        <div className="cards kinds">
          {KINDS.map(({ kind: name, title, about, icon: Icon }) => (
            <button key={name} type="button" className="card tile" onClick={() => onKind(name)}><span className="emblem"><Icon size={18} aria-hidden /></span><b>{title}</b><span className="muted small">{about}</span></button>
          ))}
        </div>
      ) : <Begun kind={chosen} from={from} onBack={() => onKind("")} onDone={onDone} />}
    </Dialog>
  );
}

/** A title as the name that steps use. */
export const nameOf = (title: string): string =>
  title.toLowerCase().normalize("NFKD").replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^[^a-z]+|-+$/g, "").slice(0, 60);

interface FieldsProps {
  kind: Kind;
  onBack: () => void;
  onDone: (made: Made) => void;
}

/** The fields, once the connector that they begin with is known. */
function Begun({ from, ...rest }: FieldsProps & { from: string | undefined }) {
  const [connector = "", scheme = ""] = from?.split(":") ?? [];
  const found = useLoad(["connector", connector], () => api.GET("/v1/connectors/{connector}", { params: { path: { connector } } }), { enabled: from !== undefined });
  if (from !== undefined && found.isPending) return <Skeleton kind="text" />;
  const settings = { base_url: found.data?.server, ...found.data?.security?.[scheme] };
  return <Fields key={rest.kind.kind} {...rest} title={found.data?.title ?? ""} settings={from === undefined ? {} : settings} />;
}

function Fields({ kind, onBack, onDone, title: named, settings }: FieldsProps & { title: string; settings: Auth }) {
  const [title, setTitle] = useState(named);
  const [name, setName] = useState<string | null>(null);
  const [restricted, setRestricted] = useState(false);
  const [auth, setAuth] = useState<Auth>(() => begin(kind, settings));
  const make = useAct(
    () => api.POST("/v1/connections", { body: { name: name ?? nameOf(title), title, restricted, auth: complete(kind, auth) as unknown as Asked<"/v1/connections", "post">["auth"] } }),
    { touches: [["connections"]], says: "The connection is stored.", done: onDone },
  );
  return (
    <Form onSubmit={() => make.mutate()}>
      <div className="columns">
        <TextField label="Title" value={title} onChange={setTitle} required maxLength={200} placeholder="Our CRM" />
        <TextField label="Name in steps" value={name ?? nameOf(title)} onChange={setName} required pattern="[a-z][a-z0-9_\-]{0,62}" title="Small letters, digits, - and _" />
      </div>
      <AuthFields kind={kind} auth={auth} onChange={setAuth} />
      <Switch label="Only for me" hint="Owners, admins and those you share it with may use it too" checked={restricted} onChange={setRestricted} />
      <Complaint error={make.error} />
      <footer>
        <button type="button" className="button quiet" onClick={onBack}><ChevronLeft size={15} aria-hidden /> Kinds</button>
        <span style={{ flex: 1 }} />
        <button className="button primary" disabled={make.isPending}>Store the connection</button>
      </footer>
    </Form>
  );
}
