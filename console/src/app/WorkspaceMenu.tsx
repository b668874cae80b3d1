/** In which workspace one is, the others, and a new one. */

import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Check, ChevronDown, Plus } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { useState } from "react";

import { api } from "../api/client";
import { useAccount } from "../api/account";
import { useAct, useLoad } from "../api/use";
import { Face } from "../ui/extras";
import { Form, TextField } from "../ui/forms";
import { Complaint, Dialog } from "../ui/parts";
import { begin } from "./session";

export function WorkspaceMenu() {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const account = useAccount().data;
  const [open, setOpen] = useState(false);
  const [making, setMaking] = useState(false);
  const all = useLoad(["workspaces"], () => api.GET("/v1/auth/workspaces"), { enabled: open });
  const change = useAct((id: string) => api.POST("/v1/auth/workspaces/{workspace_id}/sessions", { params: { path: { workspace_id: id } } }), {
    done: async (session) => {
      begin({ ...session, must_enrol: session.must_enrol ?? false });
      queries.clear();
      setMaking(false);
      await navigate({ to: "/workflows" });
    },
  });
  return (
    <>
      <DropdownMenu.Root modal={false} open={open} onOpenChange={setOpen}>
        <DropdownMenu.Trigger className="workspace">
          <img src="/icon.svg" alt="" /> <b>{account?.workspace ?? "Statewright"}</b> <ChevronDown size={14} aria-hidden />
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content className="menu" align="start" sideOffset={6}>
            <DropdownMenu.Label className="label">Workspaces</DropdownMenu.Label>
            {(all.data ?? []).map((each) => (
              <DropdownMenu.Item key={each.workspace_id} onSelect={() => each.workspace_id !== account?.workspace_id && change.mutate(each.workspace_id)}>
                <Face name={each.workspace} size={20} /> {each.workspace}
                {each.workspace_id === account?.workspace_id && <Check size={15} aria-label="This one" className="at-end" />}
              </DropdownMenu.Item>
            ))}
            <DropdownMenu.Separator className="rule" />
            <DropdownMenu.Item onSelect={() => setMaking(true)}><Plus size={15} aria-hidden /> New workspace</DropdownMenu.Item>
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      <NewWorkspace open={making} onClose={() => setMaking(false)} onDone={(id) => change.mutate(id)} error={change.error} />
    </>
  );
}

function NewWorkspace({ open, onClose, onDone, error }: { open: boolean; onClose: () => void; onDone: (id: string) => void; error: unknown }) {
  const [name, setName] = useState("");
  const make = useAct(() => api.POST("/v1/workspaces", { body: { name } }), { done: (made) => onDone(made.workspace_id) });
  return (
    <Dialog title="New workspace" open={open} onClose={onClose}>
      <Form onSubmit={() => make.mutate()}>
        <TextField label="Name" value={name} onChange={setName} required maxLength={100} />
        <Complaint error={make.error ?? error} />
        <footer>
          <button type="button" className="button" onClick={onClose}>Cancel</button>
          <button className="button primary" disabled={make.isPending}>Create</button>
        </footer>
      </Form>
    </Dialog>
  );
}
