/** What was said and done about a task. */

import { useState } from "react";

import { api } from "../api/client";
import { useAct } from "../api/use";
import { Face } from "../ui/extras";
import { Form } from "../ui/forms";
import { Complaint, Moment } from "../ui/parts";
import type { Task } from "./task";

/** An event's actor under a name. */
function nameOf(task: Task, actor: string): string {
  const [kind, id = ""] = actor.split(/:(.*)/);
  const person = task.people.find((each) => (kind === "user" ? each.user_id === id : each.email === id));
  if (person !== undefined) return person.name || person.email;
  return kind === "email" ? id : kind === "execution" ? "The workflow" : kind === "system" ? "Statewright" : "Somebody";
}

export function History({ task, mayComment }: { task: Task; mayComment: boolean }) {
  const [text, setText] = useState("");
  const say = useAct(() => api.POST("/v1/tasks/{task_id}/comments", { params: { path: { task_id: task.id } }, body: { text } }), {
    touches: [["task", task.id]], done: () => setText(""),
  });
  return (
    <section className="card panel" aria-label="History">
      <h2>History</h2>
      <ol className="timeline">
        {task.events.map((event, at) => {
          const name = nameOf(task, event.actor);
          return (
            <li key={`${event.at}${at}`}>
              <Face name={name} size={24} />
              <div><b>{name}</b> <span className="muted">{event.act} · <Moment at={event.at} /></span>{event.text !== "" && <p>{event.text}</p>}</div>
            </li>
          );
        })}
      </ol>
      {mayComment && (
        <Form onSubmit={() => say.mutate()} className="stack">
          <textarea aria-label="A comment" placeholder="Say something without deciding" rows={2} maxLength={2000} value={text} onChange={(event) => setText(event.target.value)} required />
          <Complaint error={say.error} />
          <div className="actions"><button className="button" disabled={say.isPending || text.trim() === ""}>Comment</button></div>
        </Form>
      )}
    </section>
  );
}
