/** Signing in, by password, second factor or an identity provider; and a new workspace. */

import { useMutation } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { KeyRound } from "lucide-react";
import { useState, type FormEvent } from "react";

import { api, ok, type Schemas } from "../api/client";
import { answerChallenge, canUseKeys } from "../api/securityKeys";
import { useLoad } from "../api/use";
import { begin, lastWorkspace } from "../app/session";
import { Complaint } from "../ui/parts";
import { PasswordField } from "../ui/password";
import { Input, Sheet, text } from "./Sheet";

type Mode = "sign in" | "register";

export function SignIn() {
  const [mode, setMode] = useState<Mode>("sign in");
  const [challenge, setChallenge] = useState<Schemas["Challenge"] | null>(null);
  const [mailed, setMailed] = useState(false);
  const navigate = useNavigate();
  const { to } = useSearch({ from: "/sign-in" });
  const enter = useMutation({
    mutationFn: async (form: FormData) => {
      if (challenge !== null) {
        return ok(api.POST("/v1/auth/sessions/second-step", { body: { challenge: challenge.challenge, code: text(form, "code").trim() } }));
      }
      const person = { email: text(form, "email"), password: text(form, "password") };
      if (mode === "sign in") return ok(api.POST("/v1/auth/sessions", { body: person }));
      return ok(api.POST("/v1/auth/workspaces", { body: { ...person, name: text(form, "name"), workspace: text(form, "workspace") } }));
    },
    onSuccess: async (found) => {
      if (found && "token" in found) await open(found);
      else if (found && "challenge" in found) setChallenge(found);
      else setMailed(true);
    },
  });
  const open = async (session: Schemas["Session"]): Promise<void> => {
    begin({ ...session, must_enrol: session.must_enrol ?? false });
    await navigate({ to: to ?? "/workflows" });
  };
  const touch = useMutation({ mutationFn: answerChallenge, onSuccess: open });
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    enter.mutate(new FormData(event.currentTarget));
  };
  const turn = (wanted: Mode): void => {
    enter.reset();
    setMode(wanted);
  };
  if (mailed) {
    return <Sheet title="Look into your mailbox"><p role="status">A link there confirms your address and opens the workspace. It works for a day.</p></Sheet>;
  }
  if (challenge !== null) {
    const withKey = challenge.methods.includes("security-key") && canUseKeys();
    return (
      <Sheet title="Second factor" lead={withKey ? "Touch your security key, or enter a code." : "Your authenticator app shows a code of six digits."}>
        {withKey && (
          <div className="stack">
            <Complaint error={touch.error} />
            <button type="button" className="button primary" disabled={touch.isPending} onClick={() => touch.mutate(challenge.challenge)}><KeyRound size={15} aria-hidden /> Use a security key</button>
            <div className="or">or</div>
          </div>
        )}
        <form className="stack" onSubmit={submit} key="second">
          <Complaint error={enter.error} />
          <Input name="code" label={challenge.methods.includes("totp") ? "Code of your app, or a recovery code" : "A recovery code"} autoComplete="one-time-code" autoFocus={!withKey} />
          <button className={`button ${withKey ? "" : "primary"}`} disabled={enter.isPending}>Sign in</button>
          <button type="button" className="button quiet" onClick={() => setChallenge(null)}>Back</button>
        </form>
      </Sheet>
    );
  }
  return (
    <Sheet title={mode === "sign in" ? "Sign in" : "Create a workspace"} {...(mode === "register" ? { lead: "Free on your own machine. No card, no code." } : {})}>
      {mode === "sign in" && <Providers returnTo={to ?? "/workflows"} />}
      <form className="stack" onSubmit={submit}>
        <Complaint error={enter.error} />
        {mode === "register" && (
          <>
            <Input name="workspace" label="Workspace" autoComplete="organization" />
            <Input name="name" label="Your name" autoComplete="name" />
          </>
        )}
        <Input name="email" label="E-mail" type="email" autoComplete="username" />
        <PasswordField key={mode} name="password" label="Password" required fresh={mode === "register"} />
        <button className="button primary" disabled={enter.isPending}>{mode === "sign in" ? "Sign in" : "Create the workspace"}</button>
      </form>
      <div className="links">
        <button type="button" className="button quiet" onClick={() => turn(mode === "sign in" ? "register" : "sign in")}>
          {mode === "sign in" ? "New here? Create a workspace" : "I have an account"}
        </button>
        {mode === "sign in" && <Link to="/forgot-password" className="button quiet">Forgot it?</Link>}
      </div>
    </Sheet>
  );
}

/** The identity providers of the workspace that was named, or was open here last. */
function Providers({ returnTo }: { returnTo: string }) {
  const named = useSearch({ from: "/sign-in" }).workspace;
  const workspace = named ?? lastWorkspace();
  const options = useLoad(
    ["sign-in-options", workspace],
    () => api.GET("/v1/auth/workspaces/{workspace_id}/sign-in-options", { params: { path: { workspace_id: workspace ?? "" } } }),
    { enabled: workspace !== null },
  );
  if (named !== undefined && options.isError) return <Complaint error={options.error} />;
  if (options.data === undefined || options.data.length === 0) return null;
  return (
    <>
      {options.data.map((option) => (
        <a key={option.id} className="button" href={`${option.sign_in_url}?return_to=${encodeURIComponent(returnTo)}`}>
          <KeyRound size={15} aria-hidden /> Continue with {option.name}
        </a>
      ))}
      <div className="or">or</div>
    </>
  );
}
