/** Setting a second factor up with an authenticator app, and its recovery codes. */

import { QRCodeSVG } from "qrcode.react";
import { useState } from "react";

import type { Account } from "../api/account";
import { api, type Schemas } from "../api/client";
import { useAct } from "../api/use";
import { renew } from "../app/session";
import { save } from "../ui/download";
import { Copyable } from "../ui/extras";
import { Form, TextField } from "../ui/forms";
import { Section } from "../ui/page";
import { Complaint, Dialog } from "../ui/parts";
import { PasswordAgain } from "./PasswordAgain";

type Asking = "on" | "off" | "codes" | null;

export function SecondFactor({ account }: { account: Account }) {
  const [asking, setAsking] = useState<Asking>(null);
  const [enrolment, setEnrolment] = useState<Schemas["TotpEnrolment"] | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const close = (): void => setAsking(null);
  const begin = useAct((password: string) => api.POST("/v1/auth/second-factor", { body: { password } }), { done: (made) => { setEnrolment(made); close(); } });
  const off = useAct((password: string) => api.DELETE("/v1/auth/second-factor", { body: { password } }), { touches: [["account"]], says: "The second factor is off.", done: close });
  const fresh = useAct((password: string) => api.POST("/v1/auth/second-factor/recovery-codes", { body: { password } }), { done: (made) => { setCodes(made.codes); close(); } });
  return (
    <Section title="Second factor" lead="A code of an app on your phone, besides the password.">
      <div className="card panel">
        <div className="actions">
          <span className={`chip ${account.second_factor ? "good" : "warn"}`}>{account.second_factor ? "on" : "off"}</span>
          <span style={{ flex: 1 }} />
          {account.second_factor ? (
            <><button type="button" className="button" onClick={() => setAsking("codes")}>New recovery codes</button><button type="button" className="button danger" onClick={() => setAsking("off")}>Turn it off</button></>
          ) : <button type="button" className="button primary" onClick={() => setAsking("on")}>Set it up</button>}
        </div>
      </div>
      <PasswordAgain title="Set up a second factor" action="Go on" open={asking === "on"} pending={begin.isPending} error={begin.error} onClose={close} onPassword={(password) => begin.mutate(password)} />
      <PasswordAgain title="Turn the second factor off" action="Turn it off" danger open={asking === "off"} pending={off.isPending} error={off.error} onClose={close} onPassword={(password) => off.mutate(password)} />
      <PasswordAgain title="New recovery codes" action="Make them" open={asking === "codes"} pending={fresh.isPending} error={fresh.error} onClose={close} onPassword={(password) => fresh.mutate(password)}>Earlier codes stop working.</PasswordAgain>
      {enrolment !== null && <Enrol enrolment={enrolment} onClose={() => setEnrolment(null)} onCodes={(made) => { setEnrolment(null); setCodes(made); }} />}
      {codes !== null && <Codes codes={codes} onClose={() => setCodes(null)} />}
    </Section>
  );
}

function Enrol({ enrolment, onClose, onCodes }: { enrolment: Schemas["TotpEnrolment"]; onClose: () => void; onCodes: (codes: string[]) => void }) {
  const [code, setCode] = useState("");
  const confirm = useAct(() => api.POST("/v1/auth/second-factor/confirm", { body: { code: code.trim() } }), {
    touches: [["account"], ["sessions"]], says: "The second factor is on.",
    done: async (made) => {
      await renew();
      onCodes(made.codes);
    },
  });
  return (
    <Dialog title="Scan this with your authenticator app" open onClose={onClose}>
      <Form onSubmit={() => confirm.mutate()}>
        <div style={{ justifySelf: "center", padding: 14, background: "#fff", borderRadius: 12 }}>
          <QRCodeSVG value={enrolment.uri} size={184} title="QR code for your authenticator app" />
        </div>
        <div className="field"><span>Or enter this key by hand</span><Copyable label="Key" text={enrolment.secret} /></div>
        <TextField label="Code that the app shows" value={code} onChange={setCode} required inputMode="numeric" autoComplete="one-time-code" />
        <Complaint error={confirm.error} />
        <footer><button type="button" className="button" onClick={onClose}>Cancel</button><button className="button primary" disabled={confirm.isPending}>Turn it on</button></footer>
      </Form>
    </Dialog>
  );
}

export function Codes({ codes, onClose }: { codes: readonly string[]; onClose: () => void }) {
  return (
    <Dialog title="Keep these recovery codes" open onClose={onClose}>
      <p className="muted">Each works once in the place of the app's code. They are not shown again.</p>
      <pre className="json" style={{ columns: 2 }} tabIndex={0}>{codes.join("\n")}</pre>
      <footer>
        <button type="button" className="button" onClick={() => save("statewright-recovery-codes.txt", codes.join("\n"), "text/plain")}>Download</button>
        <button type="button" className="button primary" onClick={onClose}>I have kept them</button>
      </footer>
    </Dialog>
  );
}
