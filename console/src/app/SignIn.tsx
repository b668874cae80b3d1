/** Signing in, the second factor, and a new workspace. */

import { useMutation } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";

import { api, ok } from "../api/client";
import { Complaint } from "../ui/parts";
import { begin } from "./session";

type Mode = "sign in" | "register";

const text = (form: FormData, name: string): string => String(form.get(name) ?? "");

export function SignIn() {
  const [mode, setMode] = useState<Mode>("sign in");
  const [challenge, setChallenge] = useState<string | null>(null);
  const [note, setNote] = useState<string | null>(null);
  const navigate = useNavigate();
  const { to } = useSearch({ from: "/sign-in" });
  const enter = useMutation({
    mutationFn: async (form: FormData) => {
      if (challenge !== null) {
        return ok(api.POST("/v1/auth/sessions/second-step", { body: { challenge, code: text(form, "code") } }));
      }
      const person = { email: text(form, "email"), password: text(form, "password") };
      if (mode === "sign in") return ok(api.POST("/v1/auth/sessions", { body: person }));
      return ok(api.POST("/v1/auth/workspaces", { body: { ...person, name: text(form, "name"), workspace: text(form, "workspace") } }));
    },
    onSuccess: async (found) => {
      if (found && "token" in found) {
        begin({ ...found, must_enrol: found.must_enrol ?? false });
        await navigate({ to: to ?? "/workflows" });
      } else if (found && "challenge" in found) setChallenge(found.challenge);
      else setNote("Look into your mailbox: a link there confirms the registration.");
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    enter.mutate(new FormData(event.currentTarget));
  };
  return (
    <main className="entrance">
      <form className="card" onSubmit={submit}>
        <div className="brand">
          <img src="/icon.svg" alt="" /> Statewright
        </div>
        <h1>{challenge !== null ? "Second factor" : mode === "sign in" ? "Sign in" : "Create a workspace"}</h1>
        <Complaint error={enter.error} />
        {note !== null && <p role="status">{note}</p>}
        {challenge !== null ? (
          <Field name="code" label="Code of your app, or a recovery code" autoComplete="one-time-code" />
        ) : (
          <>
            {mode === "register" && (
              <>
                <Field name="workspace" label="Workspace" autoComplete="organization" />
                <Field name="name" label="Your name" autoComplete="name" />
              </>
            )}
            <Field name="email" label="E-mail" type="email" autoComplete="username" />
            <Field name="password" label="Password" type="password" autoComplete={mode === "sign in" ? "current-password" : "new-password"} />
          </>
        )}
        <button className="button primary" disabled={enter.isPending}>
          {mode === "sign in" || challenge !== null ? "Sign in" : "Create the workspace"}
        </button>
        {challenge === null && (
          <button type="button" className="button quiet" onClick={() => setMode(mode === "sign in" ? "register" : "sign in")}>
            {mode === "sign in" ? "New here? Create a workspace" : "I have an account"}
          </button>
        )}
      </form>
    </main>
  );
}

function Field({ name, label, type = "text", autoComplete }: { name: string; label: string; type?: string; autoComplete: string }) {
  return (
    <label className="field">
      <span>{label}</span>
      <input name={name} type={type} autoComplete={autoComplete} required />
    </label>
  );
}
