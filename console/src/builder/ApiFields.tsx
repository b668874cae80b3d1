/** A route of the workspace's API: where it is, who may call it, what it takes and answers. */

import { isFields, type Fields, type Json } from "../graph/definition";
import { Choice, TextField } from "./fields";
import { InputFields } from "./InputFields";
import { optionsWith, plain } from "./parsing";
import { ValueField } from "./ValueField";

interface Props {
  trigger: Fields;
  put: (fields: Fields) => void;
}

const METHODS = ["POST", "PUT", "PATCH", "GET", "DELETE"].map((each): [string, string] => [each, each]);
const OPEN: [string, string][] = [["key", "who has an API key"], ["jwt", "who has a token of an issuer"], ["public", "everybody"]];
const ANSWERS: [string, string][] = [["when_finished", "with the result"], ["immediately", "at once"]];

/** An object without what says nothing; nothing where nothing is left. */
const slim = (fields: Fields): Json => {
  const rest = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== "" && value !== null && value !== undefined));
  return Object.keys(rest).length === 0 ? "" : rest;
};

export function ApiFields({ trigger, put }: Props) {
  const part = (name: string): Fields => (isFields(trigger[name]) ? trigger[name] : {});
  const text = (name: string, label: string, hint?: string, mono = true) => <TextField label={label} mono={mono} hint={hint} value={plain(trigger[name])} onChange={(value) => put({ [name]: value })} />;
  const respond = plain(trigger["respond"]) || "when_finished";
  const request = part("request");
  const ofRequest = (name: string, value: Json | undefined): void => put({ request: slim({ ...request, [name]: value ?? "" }) });
  return (
    <>
      <Choice label="Method" value={plain(trigger["method"]) || "POST"} options={METHODS} onChange={(method) => put({ method })} />
      {text("path", "Path", "/orders/{order_id}")}
      <TextField label="Version" mono hint="v1, v2: another one keeps the earlier route until it is retired" value={plain(trigger["version"]) || "v1"} onChange={(version) => put({ version: version === "v1" ? "" : version })} />
      {text("summary", "What it is for", undefined, false)}
      <Access auth={trigger["auth"]} onChange={(auth) => put({ auth })} />
      <Limit limit={part("limit")} onChange={(limit) => put({ limit })} />
      <Choice label="Answers" value={respond} options={optionsWith(respond, ANSWERS)} onChange={(wish) => put({ respond: wish === "when_finished" ? "" : wish })} />
      <InputFields title="Query" hint={<>Checked at the door; expressions below see <code>$request.query</code></>} schema={request["query"]} onChange={(query) => ofRequest("query", query)} />
      <InputFields title="Body" hint={<>Checked at the door; expressions below see <code>$request.body</code></>} schema={request["body"]} onChange={(body) => ofRequest("body", body)} />
      <ValueField label="Handed to the workflow" value={request["map"]} hint="Empty: the body as it came. Sees $request: method, path, query, headers, body, caller" onChange={(map) => ofRequest("map", map)} />
      <ValueField label="Answer's body" value={part("response")["body"]} hint="Empty: the workflow's output. Sees $output, $trigger, $execution" onChange={(body) => put({ response: slim({ ...part("response"), body: body ?? "" }) })} />
    </>
  );
}

function Access({ auth, onChange }: { auth: Json | undefined; onChange: (auth: Json) => void }) {
  const token = isFields(auth) ? auth : undefined;
  const chosen = token === undefined ? plain(auth) || "key" : "jwt";
  return (
    <>
      <Choice label="Who may call it" value={chosen} options={OPEN} onChange={(wish) => onChange(wish === "key" ? "" : wish === "jwt" ? { issuer: "", audience: "" } : wish)} />
      {token !== undefined && (
        <>
          <TextField label="Issuer" mono required hint="https://login.example.com" value={plain(token["issuer"])} onChange={(issuer) => onChange({ ...token, issuer })} />
          <TextField label="Audience" mono required value={plain(token["audience"])} onChange={(audience) => onChange({ ...token, audience })} />
        </>
      )}
    </>
  );
}

function Limit({ limit, onChange }: { limit: Fields; onChange: (limit: Json) => void }) {
  const requests = plain(limit["requests"]);
  const number = (text: string): Json => (text.trim() === "" || Number.isNaN(Number(text)) ? "" : Number(text));
  return (
    <>
      <TextField label="Requests of each caller" mono placeholder="as many as the plan allows" value={requests} onChange={(text) => onChange(number(text) === "" ? "" : { ...limit, requests: number(text) })} />
      {requests !== "" && <TextField label="In" mono hint="1s, 1m, 1h" value={plain(limit["per"]) || "1m"} onChange={(per) => onChange({ ...limit, per })} />}
    </>
  );
}
