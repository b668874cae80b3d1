/** The audit log: searched, and taken along. */

import { useInfiniteQuery } from "@tanstack/react-query";
import { FileDown, ScrollText } from "lucide-react";
import { useDeferredValue, useState } from "react";

import { api, ok, type Schemas } from "../api/client";
import { useWho } from "../api/people";
import { save } from "../ui/download";
import { Facts } from "../ui/extras";
import { Field } from "../ui/forms";
import { Empty, Skeleton } from "../ui/page";
import { Complaint, Dialog } from "../ui/parts";

type Event = Schemas["AuditEvent"];

/** What was done, in words: `create_workflow`, `session.begun`. */
const deed = (action: string): string => {
  const words = action.replaceAll(/[._]/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** What an event is about: its name where that was noted, else its kind with the end of its id. */
function concerns({ target, details }: Event, who: (actor: string) => string): string {
  const [kind = "", id = ""] = target.split(/:(.*)/s);
  if (kind === "user") return who(target);
  const name = details["name"] ?? details["title"] ?? details["email"];
  if (typeof name === "string" && name !== "") return `${kind.replaceAll("_", " ")} “${name}”`;
  return `${kind.replaceAll("_", " ")} ${/^[0-9a-f-]{36}$/.test(id) ? `…${id.slice(-6)}` : id}`;
}

/** All events with their hashes, page by page: what `statewright audit verify` reads. */
async function exportAll(told: (count: number) => void): Promise<void> {
  const lines: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Schemas["Page_ChainedEvent_"] = await ok(api.GET("/v1/audit/export", { params: { query: cursor === null ? {} : { cursor } } }));
    lines.push(...page.items.map((item) => JSON.stringify(item)));
    told(lines.length);
    cursor = page.next ?? null;
  } while (cursor !== null);
  save(`audit-${new Date().toISOString().slice(0, 10)}.jsonl`, `${lines.join("\n")}\n`, "application/jsonl");
}

export function Audit() {
  const who = useWho();
  const [words, setWords] = useState("");
  const [since, setSince] = useState("");
  const [until, setUntil] = useState("");
  const [open, setOpen] = useState<Event | null>(null);
  const [exported, setExported] = useState<number | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const q = useDeferredValue(words.trim());
  const day = (date: string, end: boolean): string => new Date(`${date}T${end ? "23:59:59" : "00:00:00"}`).toISOString();
  const filter = { ...(q === "" ? {} : { words: q }), ...(since === "" ? {} : { since: day(since, false) }), ...(until === "" ? {} : { until: day(until, true) }) };
  const found = useInfiniteQuery({
    queryKey: ["audit", filter],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) => ok(api.GET("/v1/audit/events", { params: { query: { limit: 50, ...filter, ...(pageParam === null ? {} : { cursor: pageParam }) } } })),
    getNextPageParam: (page) => page.next,
    placeholderData: (before) => before,
  });
  const items = found.data?.pages.flatMap((page) => page.items) ?? [];
  const take = async (): Promise<void> => {
    setProblem(null);
    setExported(0);
    try {
      await exportAll(setExported);
    } catch (error) {
      setProblem(error);
    }
    setExported(null);
  };
  return (
    <>
      <div className="tools" style={{ alignItems: "end" }}>
        <input type="search" aria-label="Search the audit log" placeholder="Search: published, connection, an address …" value={words} onChange={(event) => setWords(event.target.value)} />
        <Field label="From"><input type="date" value={since} onChange={(event) => setSince(event.target.value)} /></Field>
        <Field label="Until"><input type="date" value={until} onChange={(event) => setUntil(event.target.value)} /></Field>
        <button type="button" className="button" disabled={exported !== null} onClick={() => void take()}><FileDown size={15} aria-hidden /> {exported === null ? "Export all" : `${exported} events …`}</button>
      </div>
      <Complaint error={found.error ?? problem} />
      {found.isPending ? <Skeleton /> : items.length === 0 ? <Empty icon={ScrollText} title="Nothing found">Try other words or days.</Empty> : (
        <div className="card scroll">
          <table className="table">
            <thead><tr><th>When</th><th>What</th><th>Who</th><th className="extra">Concerns</th></tr></thead>
            <tbody>
              {items.map((event) => (
                <tr key={event.sequence}>
                  <td className="muted">{new Date(event.at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" })}</td>
                  <td><button type="button" className="linkish strong" onClick={() => setOpen(event)}>{deed(event.action)}</button></td>
                  <td className="clip">{who(event.actor)}</td>
                  <td className="muted extra clip" title={event.target}>{concerns(event, who)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {found.hasNextPage && <button type="button" className="button" onClick={() => void found.fetchNextPage()}>Show more</button>}
      {open !== null && (
        <Dialog title={deed(open.action)} open onClose={() => setOpen(null)}>
          <Facts facts={[["Number", open.sequence], ["When", new Date(open.at).toLocaleString()], ["Action", <code>{open.action}</code>], ["Who", <>{who(open.actor)} <code>{open.actor}</code></>], ["From", open.address], ["Concerns", open.target], ["Hash", <code>{open.hash}</code>]]} />
          <pre className="json" tabIndex={0}>{JSON.stringify(open.details, null, 2)}</pre>
        </Dialog>
      )}
    </>
  );
}
