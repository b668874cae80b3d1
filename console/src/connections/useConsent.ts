/** Consent at a provider, in a window of its own. */

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { api, ok } from "../api/client";

const WINDOW = "popup,width=620,height=760";

export interface Consent {
  ask: () => void;
  pending: boolean;
  error: Error | null;
}

/** Opens the provider's page; when the person comes back, the connection is loaded anew. */
export function useConsent(connectionId: string): Consent {
  const queries = useQueryClient();
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  useEffect(() => {
    const channel = new BroadcastChannel("statewright");
    channel.onmessage = () => {
      setPending(false);
      void queries.invalidateQueries({ queryKey: ["connection", connectionId] });
      void queries.invalidateQueries({ queryKey: ["connections"] });
    };
    return () => channel.close();
  }, [connectionId, queries]);
  const ask = async (): Promise<void> => {
    // Opened before anything is waited for: browsers block windows that open later.
    const opened = window.open("about:blank", "statewright-consent", WINDOW);
    setError(null);
    setPending(true);
    try {
      const answer = await ok(api.POST("/v1/connections/{connection_id}/authorization", { params: { path: { connection_id: connectionId }, query: { return_to: "/connected" } } }));
      const { url } = answer as unknown as { url: string };
      if (opened === null) location.assign(url);
      else opened.location.replace(url);
    } catch (problem) {
      opened?.close();
      setPending(false);
      setError(problem instanceof Error ? problem : new Error(String(problem)));
      return;
    }
    setPending(false);
  };
  return { ask: () => void ask(), pending, error };
}
