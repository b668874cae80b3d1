/** How a human task stands, in one word. */

const TONES: Record<string, string> = { open: "warn", approved: "good", completed: "good", rejected: "bad", expired: "bad", cancelled: "" };

export const TaskStatus = ({ task }: { task: { status: string; claimed_by: string | null } }) => (
  <>
    <span className={`chip ${TONES[task.status] ?? ""}`}>{task.status}</span>
    {task.status === "open" && task.claimed_by !== null && <span className="chip accent">claimed</span>}
  </>
);
