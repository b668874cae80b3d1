/** Live updates: one WebSocket for all pages, which comes back by itself. */

import { useEffect, useRef, useSyncExternalStore } from "react";

import { token } from "../app/session";
import { api, ok } from "./client";

type Listener = (event: unknown) => void;

const PAUSES = [1_000, 2_000, 5_000, 15_000, 30_000];
const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);
const topics = new Map<string, Set<Listener>>();
const watchers = new Set<() => void>();
let socket: WebSocket | null = null;
let connected = false;
let failures = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

function say(now: boolean): void {
  connected = now;
  for (const watcher of watchers) watcher();
}

const send = (action: "subscribe" | "unsubscribe", names: string[]): void => {
  if (names.length > 0 && socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ action, topics: names }));
};

/** A server on this machine has several names; the page's own is the one that its policy lets through. */
function reachable(address: string): string {
  const url = new URL(address);
  if (LOOPBACK.has(url.hostname) && LOOPBACK.has(location.hostname)) url.hostname = location.hostname;
  return url.toString();
}

async function connect(): Promise<void> {
  clearTimeout(timer);
  timer = undefined;
  const held = token();
  if (socket !== null || topics.size === 0 || held === null) return;
  try {
    const address = await ok(api.GET("/v1/live"));
    if (socket !== null || topics.size === 0) return;
    open(new WebSocket(reachable(address.url), [address.protocol, `bearer.${held}`]));
  } catch {
    again();
  }
}

function open(opened: WebSocket): void {
  socket = opened;
  opened.onopen = () => {
    failures = 0;
    // Whoever asked for it has left meanwhile; browsers complain of sockets that are closed before they are open.
    if (topics.size === 0) opened.close();
    else send("subscribe", [...topics.keys()]);
  };
  opened.onmessage = ({ data }: MessageEvent<string>) => {
    const said = JSON.parse(data) as { type: string; topic?: string; event?: unknown };
    if (said.type === "subscribed" && !connected) say(true);
    if (said.type === "event") for (const listener of topics.get(said.topic ?? "") ?? []) listener(said.event);
  };
  opened.onclose = () => {
    socket = null;
    say(false);
    again();
  };
}

function again(): void {
  if (topics.size === 0 || timer !== undefined) return;
  timer = setTimeout(() => void connect(), PAUSES[Math.min(failures, PAUSES.length - 1)]);
  failures += 1;
}

function watch(topic: string, listener: Listener): () => void {
  const known = topics.get(topic);
  if (known !== undefined) known.add(listener);
  else {
    topics.set(topic, new Set([listener]));
    send("subscribe", [topic]);
  }
  void connect();
  return () => {
    const listeners = topics.get(topic);
    listeners?.delete(listener);
    if (listeners?.size !== 0) return;
    topics.delete(topic);
    send("unsubscribe", [topic]);
    if (topics.size === 0 && socket?.readyState === WebSocket.OPEN) socket.close();
  };
}

/** Whether events come by themselves just now; where not, a page asks again now and then. */
export const useConnected = (): boolean =>
  useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => connected,
  );

/** Calls `listener` for each event of a topic while the page is open. Tells whether they come. */
export function useLive(topic: string, listener: Listener): boolean {
  const newest = useRef(listener);
  useEffect(() => {
    newest.current = listener;
  });
  useEffect(() => watch(topic, (event) => newest.current(event)), [topic]);
  return useConnected();
}
