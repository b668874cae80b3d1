/** Human tasks: what waits for oneself, what one has answered, and everybody's. */

import { Link } from "@tanstack/react-router";
import { CircleCheckBig, ClipboardCheck, Search, Stamp } from "lucide-react";
import { useDeferredValue, useState } from "react";

import { useAccount, useCan } from "../api/account";
import { api, type Schemas } from "../api/client";
import { useLoad } from "../api/use";
import { Tabs } from "../ui/extras";
import { Await, Empty, Page, Skeleton } from "../ui/page";
import { Moment } from "../ui/parts";
import { TaskStatus } from "./status";

type Task = Schemas["TasksTask"];
type View = "waiting" | "mine" | "all";
type Status = Task["status"];
const STATUSES: Status[] = ["open", "approved", "rejected", "completed", "expired", "cancelled"];

export function InboxPage() {
  const can = useCan();
  const account = useAccount();
  const [chosen, setChosen] = useState<View | null>(null);
  const decides = can("approvals:decide") || account.data?.role === "guest";
  const views = [
    ...(decides ? [{ value: "waiting", label: "Waiting for me", content: <Tasks view="waiting" /> }, { value: "mine", label: "All of mine", content: <Tasks view="mine" /> }] : []),
    ...(can("approvals:read") ? [{ value: "all", label: "Everybody's", content: <Tasks view="all" /> }] : []),
  ];
  return (
    <Page title="Inbox" lead="What workflows ask people: approvals to decide, and tasks to do.">
      {account.isPending ? <Skeleton /> : <Tabs label="Views" tabs={views} value={chosen ?? views[0]?.value ?? ""} onChange={(value) => setChosen(value as View)} />}
    </Page>
  );
}

function Tasks({ view }: { view: View }) {
  const [words, setWords] = useState("");
  const [status, setStatus] = useState<Status | "">("");
  const [limit, setLimit] = useState(50);
  const q = useDeferredValue(words.trim());
  const query = { limit, ...(q === "" ? {} : { words: q }), ...(status === "" || view === "waiting" ? {} : { status }) };
  const found = useLoad(
    ["tasks", view, q, status, limit],
    () => (view === "all" ? api.GET("/v1/tasks", { params: { query } }) : api.GET("/v1/tasks/mine", { params: { query: view === "waiting" ? { ...query, unanswered: true } : query } })),
    { keep: true, every: 10_000 },
  );
  return (
    <>
      <div className="tools">
        <input type="search" aria-label="Search tasks" placeholder="Search by title or workflow" value={words} onChange={(event) => setWords(event.target.value)} />
        {view !== "waiting" && (
          <select aria-label="Status" value={status} onChange={(event) => setStatus(event.target.value as Status | "")}>
            <option value="">Every status</option>
            {STATUSES.map((each) => <option key={each} value={each}>{each}</option>)}
          </select>
        )}
      </div>
      <Await query={found}>
        {({ items, next }) => items.length === 0 ? <Nothing view={view} searched={q !== "" || status !== ""} /> : (
          <>
            <List items={items} />
            {next != null && limit < 100 && <button type="button" className="button" onClick={() => setLimit(limit + 50)}>Show more</button>}
          </>
        )}
      </Await>
    </>
  );
}

function Nothing({ view, searched }: { view: View; searched: boolean }) {
  if (searched) return <Empty icon={Search} title="Nothing found">Try other words, or every status.</Empty>;
  return view === "waiting"
    ? <Empty icon={CircleCheckBig} title="All done">Nothing waits for you. When a workflow asks you something, it stands here, and a mail tells you.</Empty>
    : <Empty icon={ClipboardCheck} title="No task yet">Workflows ask people with the steps “Approval” and “Task”.</Empty>;
}

const List = ({ items }: { items: readonly Task[] }) => (
  <div className="card scroll">
    <table className="table">
      <thead><tr><th>Task</th><th>Status</th><th className="extra">Asked</th><th>Until</th></tr></thead>
      <tbody>
        {items.map((task) => (
          <tr key={task.id}>
            <td>
              <span className="person">
                {task.kind === "approval" ? <Stamp size={17} aria-label="Approval" className="muted" /> : <ClipboardCheck size={17} aria-label="Task" className="muted" />}
                <span><Link className="strong" to="/inbox/$taskId" params={{ taskId: task.id }}>{task.title}</Link><span className="sub">{task.workflow}</span></span>
              </span>
            </td>
            <td><TaskStatus task={task} /></td>
            <td className="muted extra"><Moment at={task.created_at} /></td>
            <td className="muted">{task.status === "open" ? <Moment at={task.expires_at} /> : "–"}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);
