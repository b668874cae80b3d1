/** All in-app messages to oneself. */

import { useInfiniteQuery } from "@tanstack/react-query";
import { Archive, ArchiveRestore, BellRing, CheckCheck, Mail, MailOpen } from "lucide-react";
import { useState } from "react";

import { api, ok, type Schemas } from "../api/client";
import { useAct } from "../api/use";
import { gist, inside } from "../app/address";
import { Acts } from "../ui/extras";
import { Empty, Page, Skeleton } from "../ui/page";
import { Complaint, Moment } from "../ui/parts";

type Item = Schemas["InboxItem"];
type View = "all" | "unread" | "archived";
const VIEWS: readonly [View, string][] = [["all", "All"], ["unread", "Unread"], ["archived", "Archived"]];

export function Messages() {
  const [view, setView] = useState<View>("all");
  const found = useInfiniteQuery({
    queryKey: ["messages", "all", view],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) => ok(api.GET("/v1/inbox", { params: { query: { limit: 50, ...(view === "unread" ? { unread: true } : {}), ...(view === "archived" ? { archived: true } : {}), ...(pageParam === null ? {} : { cursor: pageParam }) } } })),
    getNextPageParam: (page) => page.next,
  });
  const items = found.data?.pages.flatMap((page) => page.items) ?? [];
  const newest = items[0];
  const readAll = useAct((id: string) => api.POST("/v1/inbox/read", { body: { id } }), { touches: [["messages"]], says: "All are marked as read." });
  return (
    <Page title="Messages" lead="What workflows and Statewright tell you." size="narrow"
      actions={newest !== undefined && <button type="button" className="button" onClick={() => readAll.mutate(newest.id)}><CheckCheck size={15} aria-hidden /> Mark all as read</button>}>
      <div className="chips" role="group" aria-label="Which">
        {VIEWS.map(([value, label]) => <button key={value} type="button" className="chip" aria-pressed={view === value} onClick={() => setView(value)}>{label}</button>)}
      </div>
      <Complaint error={found.error ?? readAll.error} />
      {found.isPending ? <Skeleton /> : items.length === 0 ? <Empty icon={BellRing} title={view === "unread" ? "Nothing unread" : "No message"}>What workflows tell you appears here, and on the bell.</Empty> : (
        <div className="card messages"><ul>{items.map((item) => <Message key={item.id} item={item} />)}</ul></div>
      )}
      {found.hasNextPage && <button type="button" className="button" onClick={() => void found.fetchNextPage()}>Show more</button>}
    </Page>
  );
}

function Message({ item }: { item: Item }) {
  const change = useAct((body: Schemas["InboxChange"]) => api.PATCH("/v1/inbox/{message_id}", { params: { path: { message_id: item.id } }, body }), { touches: [["messages"]] });
  const read = item.read_at !== null;
  const link = inside(item.url);
  const Body = link === null ? "div" : "a";
  return (
    <li className={`message ${read ? "" : "unread"}`}>
      <Body className="body" {...(link === null ? {} : { href: link })} onClick={() => !read && change.mutate({ read: true })}>
        <b>{item.subject}</b>
        <span className="muted">{link === null ? item.text : gist(item.text)}</span>
        <small className="muted">{item.category.replaceAll("-", " ")} · <Moment at={item.created_at} /></small>
      </Body>
      <Acts label={`Actions for ${item.subject}`} acts={[
        { label: read ? "Mark as unread" : "Mark as read", icon: read ? <Mail size={15} aria-hidden /> : <MailOpen size={15} aria-hidden />, run: () => change.mutate({ read: !read }) },
        { label: item.archived_at === null ? "Archive" : "Take out of the archive", icon: item.archived_at === null ? <Archive size={15} aria-hidden /> : <ArchiveRestore size={15} aria-hidden />, run: () => change.mutate({ archived: item.archived_at === null }) },
      ]} />
    </li>
  );
}
