/** What is new for oneself: a number on a bell, and the newest messages under it. */

import { Link } from "@tanstack/react-router";
import { Bell as BellIcon, CheckCheck } from "lucide-react";
import { Popover } from "radix-ui";
import { useState } from "react";

import { api } from "../api/client";
import { useAct, useLoad } from "../api/use";
import { Skeleton } from "../ui/page";
import { Moment } from "../ui/parts";
import { gist, inside } from "./address";

export function Bell() {
  const [open, setOpen] = useState(false);
  const unread = useLoad(["messages", "unread"], () => api.GET("/v1/inbox/unread"), { every: 15_000 });
  const newest = useLoad(["messages", "newest"], () => api.GET("/v1/inbox", { params: { query: { limit: 12 } } }), { enabled: open });
  const readAll = useAct((id: string) => api.POST("/v1/inbox/read", { body: { id } }), { touches: [["messages"]] });
  const read = useAct((id: string) => api.PATCH("/v1/inbox/{message_id}", { params: { path: { message_id: id } }, body: { read: true } }), { touches: [["messages"]] });
  const count = unread.data?.unread ?? 0;
  const items = newest.data?.items ?? [];
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger className="button quiet icon bell" aria-label={count === 0 ? "Messages" : `Messages, ${count} unread`}>
        <BellIcon size={17} aria-hidden />{count > 0 && <b className="count">{count > 99 ? "99+" : count}</b>}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="popover messages" align="start" sideOffset={8} collisionPadding={12} aria-label="Messages">
          <header>
            <h2>Messages</h2>
            {count > 0 && items[0] !== undefined && <button type="button" className="button quiet" onClick={() => readAll.mutate(items[0]!.id)}><CheckCheck size={15} aria-hidden /> Mark all as read</button>}
          </header>
          {newest.isPending ? <Skeleton kind="text" rows={4} /> : items.length === 0 ? <p className="muted pad">Nothing yet. What workflows tell you appears here.</p> : (
            <ul>
              {items.map((item) => (
                <li key={item.id} className={item.read_at === null ? "unread" : ""}>
                  <a href={inside(item.url) ?? "/messages"} onClick={() => item.read_at === null && read.mutate(item.id)}>
                    <b>{item.subject}</b>
                    <span className="muted">{gist(item.text).slice(0, 140)}</span>
                    <small className="muted">{item.category.replaceAll("-", " ")} · <Moment at={item.created_at} /></small>
                  </a>
                </li>
              ))}
            </ul>
          )}
          <footer><Link to="/messages" onClick={() => setOpen(false)}>All messages</Link></footer>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
