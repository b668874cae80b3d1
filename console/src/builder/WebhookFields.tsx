/** What a webhook takes and answers, how its senders prove who they are, and how long its calls are kept. */

import { isFields, type Fields } from "../graph/definition";
import { Choice, TextField } from "./fields";
import { optionsWith, plain } from "./parsing";
import { listed, SCHEMES, verifyWith } from "./schemes";
import { useConnections } from "./useActions";

interface Props {
  trigger: Fields;
  put: (fields: Fields) => void;
}

const METHODS = ["POST", "PUT", "PATCH", "GET", "DELETE"].map((each): [string, string] => [each, each]);
const ANSWERS: [string, string][] = [["immediately", "at once"], ["when_finished", "with the result"]];
const KEPT: [string, string][] = [["", "a week where senders are verified"], ["true", "for a week"], ["30d", "for 30 days"], ["false", "not at all"]];

export function WebhookFields({ trigger, put }: Props) {
  const method = plain(trigger["method"]) || "POST";
  const respond = plain(trigger["respond"]) || "immediately";
  const kept = isFields(trigger["deliveries"]) ? plain(trigger["deliveries"]["keep"]) : plain(trigger["deliveries"]);
  const keep = (wish: string): void => put({ deliveries: wish === "true" || wish === "false" ? wish === "true" : wish === "" ? "" : { ...(isFields(trigger["deliveries"]) ? trigger["deliveries"] : {}), keep: wish } });
  return (
    <>
      <Choice label="Method" value={method} options={optionsWith(method, METHODS)} onChange={(wish) => put({ method: wish })} />
      <Choice label="Answers" value={respond} options={optionsWith(respond, ANSWERS)} onChange={(wish) => put({ respond: wish === "immediately" ? "" : wish })} />
      <Verify verify={isFields(trigger["verify"]) ? trigger["verify"] : undefined} onChange={(verify) => put({ verify: verify ?? "" })} />
      <Choice label="Calls are kept" value={kept} options={optionsWith(kept, KEPT)} onChange={keep} />
    </>
  );
}

const SECRET_KINDS: Record<string, readonly string[]> = { basic: ["basic", "signing_secret"], bearer: ["bearer", "signing_secret"] };
const CHOICES: Record<string, readonly string[]> = { algorithm: ["sha256", "sha1", "sha384", "sha512"], encoding: ["hex", "base64", "base64url"] };

function Verify({ verify, onChange }: { verify: Fields | undefined; onChange: (verify: Fields | undefined) => void }) {
  const connections = useConnections().data ?? [];
  const scheme = plain(verify?.["scheme"]);
  const known = SCHEMES.find(({ name }) => name === scheme);
  const put = (name: string, value: Fields[string]): void => onChange(Object.fromEntries(Object.entries({ ...verify, [name]: value }).filter(([, each]) => each !== "")));
  const kinds = SECRET_KINDS[scheme] ?? ["signing_secret"];
  const fitting = connections.filter(({ kind }) => kinds.includes(kind)).map(({ name, title }): [string, string] => [name, title]);
  const secret = plain(verify?.["secret"]);
  const text = (name: string, label: string, hint?: string) => <TextField key={name} label={label} mono hint={hint} value={plain(verify?.[name])} onChange={(value) => put(name, value)} />;
  return (
    <>
      <Choice label="Senders prove themselves by" value={scheme} options={optionsWith(scheme, [["", "nothing: whoever knows the address"], ...SCHEMES.map(({ name, title }): [string, string] => [name, title])])} onChange={(name) => onChange(verifyWith(name, verify))} />
      {known?.secret === true && <Choice label="Secret" value={secret} options={optionsWith(secret, [["", fitting.length === 0 ? "make a connection for it first" : "choose …"], ...fitting])} hint={`A connection of the kind ${kinds.map((kind) => kind.replaceAll("_", " ")).join(" or ")}`} onChange={(name) => put("secret", name)} />}
      {known?.fields.map(({ name, label, hint }) => (CHOICES[name] === undefined ? text(name, label, hint) : <Choice key={name} label={label} value={plain(verify?.[name]) || CHOICES[name][0]!} options={CHOICES[name].map((each) => [each, each])} onChange={(wish) => put(name, wish === CHOICES[name]![0] ? "" : wish)} />))}
      {known !== undefined && <TextField label="Only from these addresses" mono hint="Such as 192.0.2.0/24, with commas between" value={Array.isArray(verify?.["addresses"]) ? verify["addresses"].join(", ") : ""} onChange={(value) => put("addresses", listed(value))} />}
    </>
  );
}
