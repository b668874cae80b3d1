/** Addresses that come from data: only those of the web are followed. */

/** The address as a link may have it, or null where it is none, or of a kind that runs code. */
export function inside(url: string | null): string | null {
  if (url === null || url === "") return null;
  try {
    const { protocol, href } = new URL(url, location.origin);
    return protocol === "https:" || protocol === "http:" ? href : null;
  } catch {
    return null;
  }
}

/** A message without the sentences around addresses: its link leads there. */
export const gist = (text: string): string => text.replaceAll(/[^.!?\n]*https?:\/\/\S+/g, "").trim();
