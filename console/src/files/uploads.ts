/** Files on their way up. They go on while one looks at other pages. */

import { useSyncExternalStore } from "react";

import { api, ok, Problem } from "../api/client";
import { asked, type Upload } from "./queue";

const AT_ONCE = 3;
const listeners = new Set<() => void>();
const contents = new Map<number, File>();
const heard = new Map<number, (name: string) => void>();
let uploads: readonly Upload[] = [];
let last = 0;

const put = (next: readonly Upload[]): void => {
  uploads = next;
  listeners.forEach((listener) => listener());
};
const change = (id: number, part: Partial<Upload>): void => put(uploads.map((each) => (each.id === id ? { ...each, ...part } : each)));
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useUploads = (): readonly Upload[] => useSyncExternalStore(subscribe, () => uploads);

/** Sends files into a folder; `done` hears of each that is there. */
export function send(files: readonly File[], folder: string, done: (name: string) => void, replace = false): void {
  const fresh = files.map((file): Upload => ({ id: ++last, name: folder + file.name, size: file.size, sent: 0, state: "waiting", why: "", replace }));
  fresh.forEach((upload, at) => {
    contents.set(upload.id, files[at]!);
    heard.set(upload.id, done);
  });
  put([...uploads, ...fresh]);
  next();
}

/** Once more; over the file of that name, if it may be replaced. */
export function again(upload: Upload): void {
  change(upload.id, { state: "waiting", sent: 0, why: "", replace: upload.replace || upload.state === "taken" });
  next();
}

/** Takes uploads that have ended off the list. */
export function dismiss(ids: readonly number[]): void {
  ids.forEach((id) => { contents.delete(id); heard.delete(id); });
  put(uploads.filter(({ id }) => !ids.includes(id)));
}

function next(): void {
  const free = AT_ONCE - uploads.filter(({ state }) => state === "sending").length;
  uploads.filter(({ state }) => state === "waiting").slice(0, Math.max(0, free)).forEach((upload) => void carry(upload));
}

async function carry(upload: Upload): Promise<void> {
  change(upload.id, { state: "sending" });
  try {
    const file = contents.get(upload.id)!;
    const begun = await ok(api.POST("/v1/files", { body: { name: upload.name, size: file.size, replace: upload.replace } }));
    await transfer(begun.upload, file, (sent) => change(upload.id, { sent }));
    await ok(api.GET("/v1/files/{file_id}", { params: { path: { file_id: begun.file.id } } }));
    change(upload.id, { state: "done", sent: file.size });
    contents.delete(upload.id);
    heard.get(upload.id)?.(upload.name);
  } catch (error) {
    const taken = error instanceof Problem && error.status === 409 && error.message.includes("replace");
    change(upload.id, { state: taken ? "taken" : "failed", why: taken ? "There is a file of that name." : error instanceof Error ? error.message : String(error) });
  }
  next();
}

/** `fetch` does not tell how far it has come; the browser adds the length that was signed. */
function transfer(request: { url: string; method: string; headers: Record<string, string> }, file: File, told: (sent: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    call.open(request.method, asked(request.url));
    call.setRequestHeader("Content-Type", request.headers["Content-Type"] ?? "application/octet-stream");
    call.upload.onprogress = (event) => told(event.loaded);
    call.onload = () => (call.status < 300 ? resolve() : reject(new Error(`The store refused the content (${call.status}).`)));
    call.onerror = () => reject(new Error("The connection broke off."));
    call.send(file);
  });
}
