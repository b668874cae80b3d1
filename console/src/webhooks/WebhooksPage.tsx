/** Webhooks both ways: the calls that came in, and the addresses that hear of what happens here. */

import { useState } from "react";

import { useCan } from "../api/account";
import { Tabs } from "../ui/extras";
import { Page } from "../ui/page";
import { Endpoints } from "./Endpoints";
import { Received } from "./Received";

export function WebhooksPage() {
  const can = useCan();
  const [tab, setTab] = useState("received");
  const tabs = [
    can("executions:read") && { value: "received", label: "Received", content: <Received /> },
    can("webhooks:read") && { value: "sent", label: "Sent", content: <Endpoints /> },
  ].filter((one) => one !== false);
  const shown = tabs.some(({ value }) => value === tab) ? tab : (tabs[0]?.value ?? "");
  return (
    <Page title="Webhooks" lead="Calls that start workflows, and addresses of yours that hear of what happens here.">
      <Tabs label="Direction" value={shown} onChange={setTab} tabs={tabs} />
    </Page>
  );
}
