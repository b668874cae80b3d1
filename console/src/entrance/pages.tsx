/** Where mailed links lead: confirming, choosing a password, joining; and where consent windows end. */

import { useMutation } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState, type ComponentType } from "react";

import { api, ok } from "../api/client";
import { useAct } from "../api/use";
import { begin } from "../app/session";
import { Form } from "../ui/forms";
import { Complaint } from "../ui/parts";
import { PasswordField } from "../ui/password";
import { Input, mailedToken, Sheet, text } from "./Sheet";

/** Does something once, however often React draws the page. */
function useOnce(act: () => void): void {
  const begun = useRef(false);
  useEffect(() => {
    if (!begun.current) act();
    begun.current = true;
  });
}

/** A page that a mailed link opens: without what the mail has in it, nothing can be done. */
const mailed = (Opened: ComponentType) =>
  function Mailed() {
    const [whole] = useState(() => mailedToken() !== "");
    if (whole) return <Opened />;
    return <Sheet title="This link is not complete" lead="Open it from the mail once more, or copy all of it."><Link to="/sign-in" search={{}} className="button primary">Go to the sign-in page</Link></Sheet>;
  };

/** A registration's link. */
export const Register = mailed(function Confirm() {
  const navigate = useNavigate();
  const confirm = useAct(() => api.POST("/v1/auth/workspaces/confirm", { body: { token: mailedToken() } }), {
    done: (session) => {
      begin({ ...session, must_enrol: session.must_enrol ?? false });
      return navigate({ to: "/workflows" });
    },
  });
  useOnce(() => confirm.mutate());
  return <Sheet title="Confirming your address"><Complaint error={confirm.error} />{confirm.isError && <Link to="/sign-in" search={{}}>Sign in</Link>}</Sheet>;
});

/** An address is confirmed. */
export const VerifyEmail = mailed(function Verify() {
  const confirm = useAct(() => api.POST("/v1/auth/email-verifications/confirm", { body: { token: mailedToken() } }));
  useOnce(() => confirm.mutate());
  return (
    <Sheet title={confirm.isSuccess ? "Your address is confirmed" : "Confirming your address"}>
      <Complaint error={confirm.error} />
      <Link to="/workflows" className="button primary">Go on</Link>
    </Sheet>
  );
});

export function ForgotPassword() {
  const ask = useAct((email: string) => api.POST("/v1/auth/password-resets", { body: { email } }));
  return (
    <Sheet title="Reset your password" lead="We mail you a link that works for an hour.">
      {ask.isSuccess ? <p role="status">Where there is an account with this address, the mail is on its way.</p> : (
        <form className="stack" onSubmit={(event) => { event.preventDefault(); ask.mutate(text(new FormData(event.currentTarget), "email")); }}>
          <Complaint error={ask.error} />
          <Input name="email" label="E-mail" type="email" autoComplete="username" autoFocus />
          <button className="button primary" disabled={ask.isPending}>Send the link</button>
        </form>
      )}
      <div className="links"><Link to="/sign-in" search={{}}>Back to signing in</Link></div>
    </Sheet>
  );
}

export const ResetPassword = mailed(function Reset() {
  const [token] = useState(mailedToken);
  const [password, setPassword] = useState("");
  const reset = useAct(() => api.POST("/v1/auth/password-resets/confirm", { body: { token, password } }));
  if (reset.isSuccess) {
    return <Sheet title="Your password is set"><Link to="/sign-in" search={{}} className="button primary">Sign in</Link></Sheet>;
  }
  return (
    <Sheet title="Choose a new password">
      <Form onSubmit={() => reset.mutate()}>
        <Complaint error={reset.error} />
        <PasswordField label="New password" fresh required value={password} onChange={setPassword} />
        <button className="button primary" disabled={reset.isPending}>Set it</button>
      </Form>
    </Sheet>
  );
});

/** An invitation's link: newcomers name themselves, others give their password. */
export const AcceptInvitation = mailed(function Accept() {
  const navigate = useNavigate();
  const [token] = useState(mailedToken);
  const [known, setKnown] = useState(false);
  const [challenge, setChallenge] = useState<string | null>(null);
  const join = useMutation({
    mutationFn: (form: FormData) =>
      challenge !== null
        ? ok(api.POST("/v1/auth/sessions/second-step", { body: { challenge, code: text(form, "code").trim() } }))
        : ok(api.POST("/v1/auth/invitations/accept", { body: { token, password: text(form, "password"), ...(known ? {} : { name: text(form, "name") }) } })),
    onSuccess: async (found) => {
      if ("challenge" in found) setChallenge(found.challenge);
      else {
        begin({ ...found, must_enrol: found.must_enrol ?? false });
        await navigate({ to: "/workflows" });
      }
    },
  });
  return (
    <Sheet title="Join the workspace" {...(known ? { lead: "Enter the password of your account." } : { lead: "Tell us who you are, and choose a password." })}>
      <form className="stack" onSubmit={(event) => { event.preventDefault(); join.mutate(new FormData(event.currentTarget)); }}>
        <Complaint error={join.error} />
        {challenge !== null ? <Input name="code" label="Code of your app" autoComplete="one-time-code" /> : (
          <>
            {!known && <Input name="name" label="Your name" autoComplete="name" />}
            <PasswordField name="password" label="Password" required fresh={!known} />
          </>
        )}
        <button className="button primary" disabled={join.isPending}>Join</button>
        {challenge === null && <button type="button" className="button quiet" onClick={() => setKnown(!known)}>{known ? "I am new here" : "I have an account"}</button>}
      </form>
    </Sheet>
  );
});

/** The end of a consent window: tells the page that opened it, and closes. */
export function Connected() {
  useOnce(() => {
    const name = new URLSearchParams(location.hash.slice(1)).get("connection");
    new BroadcastChannel("statewright").postMessage({ connected: name });
    window.close();
  });
  return <Sheet title="Connected"><p className="muted">You can close this window.</p></Sheet>;
}
