/** Which notifications reach oneself, on which channels, and when. */

import { useState } from "react";

import { api, type Schemas } from "../api/client";
import { useAct, useLoad } from "../api/use";
import { Form, Switch, TextField, SelectField } from "../ui/forms";
import { Await, Section } from "../ui/page";
import { Complaint } from "../ui/parts";

type Preferences = Schemas["Preferences"];
type Preference = Schemas["Preference"];
type Mode = Preference["mode"];
type Channel = "email" | "sms" | "push" | "in_app";

const CATEGORIES = [
  ["approval-waiting", "A decision waits for you"], ["workflow-failed", "A workflow failed"], ["connection-expiring", "A connection is about to expire"],
  ["anomaly", "Something is unusual"], ["weekly-summary", "The weekly summary"], ["*", "Everything else"],
] as const;
const CHANNELS: readonly [Channel, string][] = [["email", "E-mail"], ["in_app", "In the console"], ["sms", "SMS"], ["push", "Push"]];
const MODES: readonly { value: Mode; label: string }[] = [{ value: "instant", label: "At once" }, { value: "hourly", label: "Hourly" }, { value: "daily", label: "Daily" }, { value: "off", label: "Off" }];

export function Preferences() {
  const found = useLoad(["preferences"], () => api.GET("/v1/notification-preferences"));
  return (
    <>
      <Await query={found} shape="text">{(preferences) => <Editor key={JSON.stringify(preferences)} stored={preferences} />}</Await>
      <Topics />
    </>
  );
}

function Editor({ stored }: { stored: Preferences }) {
  const [profile, setProfile] = useState(stored.profile ?? {});
  const [chosen, setChosen] = useState<Preference[]>(stored.preferences ?? []);
  const keep = useAct(() => api.PUT("/v1/notification-preferences", { body: { profile, preferences: chosen } }), { touches: [["preferences"]], says: "Your preferences are kept." });
  const modeOf = (category: string, channel: Channel): Mode | undefined => chosen.find((each) => (each.category ?? "*") === category && each.channel === channel)?.mode;
  const put = (category: string, channel: Channel, mode: Mode | ""): void => {
    const others = chosen.filter((each) => !((each.category ?? "*") === category && each.channel === channel));
    setChosen(mode === "" ? others : [...others, { category, channel, mode }]);
  };
  const set = (name: keyof typeof profile, value: string): void => setProfile({ ...profile, [name]: value === "" ? null : value });
  return (
    <Form onSubmit={() => keep.mutate()} className="stack">
      <Section title="What, and how">
        <div className="card scroll">
          <table className="table">
            <thead><tr><th>About</th>{CHANNELS.map(([name, label]) => <th key={name}>{label}</th>)}</tr></thead>
            <tbody>
              {CATEGORIES.map(([category, about]) => (
                <tr key={category}>
                  <td>{about}</td>
                  {CHANNELS.map(([channel, label]) => (
                    <td key={channel}>
                      <select aria-label={`${about}: ${label}`} value={modeOf(category, channel) ?? ""} onChange={(event) => put(category, channel, event.target.value as Mode | "")} style={{ minWidth: 104 }}>
                        <option value="">{category === "*" ? "At once (usual)" : "As below"}</option>
                        {MODES.filter(({ value }) => channel !== "in_app" || value === "instant" || value === "off").map(({ value, label: name }) => <option key={value} value={value}>{name}</option>)}
                      </select>
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Section>
      <Section title="When">
        <div className="card panel">
          <div className="columns">
            <TextField label="Time zone" value={profile.time_zone ?? "UTC"} onChange={(value) => setProfile({ ...profile, time_zone: value })} required />
            <TextField label="Quiet from" type="time" value={profile.quiet_from?.slice(0, 5) ?? ""} onChange={(value) => set("quiet_from", value)} hint="Urgent messages come anyway" />
            <TextField label="Quiet until" type="time" value={profile.quiet_to?.slice(0, 5) ?? ""} onChange={(value) => set("quiet_to", value)} />
            <SelectField label="Daily digest at" value={String(profile.digest_hour ?? 8)} options={Array.from({ length: 24 }, (_, hour) => ({ value: String(hour), label: `${String(hour).padStart(2, "0")}:00` }))} onChange={(value) => setProfile({ ...profile, digest_hour: Number(value) })} />
            <TextField label="Phone number" type="tel" value={profile.phone ?? ""} onChange={(value) => set("phone", value)} placeholder="+49 …" hint="For SMS, with the country's code" />
            <TextField label="Language" value={profile.locale ?? ""} onChange={(value) => set("locale", value)} placeholder="en" />
          </div>
          <Complaint error={keep.error} />
          <footer><button className="button primary" disabled={keep.isPending}>Save</button></footer>
        </div>
      </Section>
    </Form>
  );
}

/** Topics that one follows by oneself. */
function Topics() {
  const found = useLoad(["topics"], () => api.GET("/v1/topics"));
  const follow = useAct(({ topic, on }: { topic: string; on: boolean }) => {
    const path = { params: { path: { topic } } };
    return on ? api.PUT("/v1/topics/{topic}/subscription", path) : api.DELETE("/v1/topics/{topic}/subscription", path);
  }, { touches: [["topics"]] });
  if (found.data === undefined || found.data.length === 0) return null;
  return (
    <Section title="Topics" lead="Messages to a topic reach everybody who follows it.">
      <div className="card panel">
        <Complaint error={follow.error} />
        {found.data.map(({ name, subscribed, subscribers }) => (
          <Switch key={name} label={name} hint={`${subscribers} following`} checked={subscribed} onChange={(on) => follow.mutate({ topic: name, on })} />
        ))}
      </div>
    </Section>
  );
}
