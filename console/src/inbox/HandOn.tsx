/** Somebody else in one's own place; or others in the place of all who are silent. */

import { useState } from "react";

import { api } from "../api/client";
import { usePeople } from "../api/people";
import { useAct } from "../api/use";
import { ListField, TextField } from "../ui/forms";
import { Complaint, Dialog } from "../ui/parts";
import type { Task } from "./task";

interface Props {
  task: Task;
  open: boolean;
  onClose: () => void;
  reassign?: boolean;
}

export function HandOn({ task, open, onClose, reassign = false }: Props) {
  const people = usePeople();
  const [names, setNames] = useState<string[]>([]);
  const [comment, setComment] = useState("");
  const path = { params: { path: { task_id: task.id } } };
  const hand = useAct(
    () => reassign
      ? api.PUT("/v1/tasks/{task_id}/assignees", { ...path, body: { assignees: names } })
      : api.POST("/v1/tasks/{task_id}/delegation", { ...path, body: { to: names[0] ?? "", comment } }),
    { touches: [["task", task.id], ["tasks"]], says: reassign ? "Others are asked now." : "Handed on.", done: onClose },
  );
  const single = people.filter(({ value }) => !value.startsWith("role:") && !value.startsWith("group:"));
  return (
    <Dialog title={reassign ? "Ask others" : "Hand the task on"} open={open} onClose={onClose}>
      <ListField
        label={reassign ? "Who is asked instead of those who are silent" : "To whom"} values={names} suggestions={reassign ? people : single}
        placeholder={reassign ? "role:approver, ada@example.com" : "ada@example.com"} onChange={(values) => setNames(reassign ? values : values.slice(-1))}
      />
      {!reassign && <TextField label="Why" value={comment} onChange={setComment} maxLength={2000} />}
      <Complaint error={hand.error} />
      <footer>
        <button type="button" className="button" onClick={onClose}>Cancel</button>
        <button type="button" className="button primary" disabled={names.length === 0 || hand.isPending} onClick={() => hand.mutate()}>{reassign ? "Reassign" : "Hand on"}</button>
      </footer>
    </Dialog>
  );
}
