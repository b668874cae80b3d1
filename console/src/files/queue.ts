/** What is known of an upload, and where it goes. */

export interface Upload {
  id: number;
  name: string;
  size: number;
  sent: number;
  state: "waiting" | "sending" | "done" | "failed" | "taken";
  why: string;
  replace: boolean;
}

/** A signed address as this page asks it: the local server's store answers under every name that the page itself may have. */
export function asked(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname.startsWith("/_s3/") ? pathname + search : url;
}
