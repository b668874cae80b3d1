/** How hard a password is to guess, by zxcvbn; its dictionaries are fetched when somebody chooses a password. */

export const WORDS = ["Very easy to guess", "Easy to guess", "Could be better", "Good", "Very good"] as const;

export type Score = 0 | 1 | 2 | 3 | 4;

let loading: Promise<(password: string, own: string[]) => Score> | null = null;

/** A password's score; `own` are words that others know of its owner, such as the address.
 *
 * Only the beginning of a long password is looked at: the estimate takes time with its square. */
export async function strengthOf(password: string, own: string[] = []): Promise<Score> {
  loading ??= load();
  const score = await loading;
  return score(password.slice(0, 100), own);
}

async function load(): Promise<(password: string, own: string[]) => Score> {
  const [{ ZxcvbnFactory }, { adjacencyGraphs, dictionary }] = await Promise.all([
    import("@zxcvbn-ts/core"),
    import("@zxcvbn-ts/language-common"),
  ]);
  const zxcvbn = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });
  return (password, own) => zxcvbn.check(password, own).score as Score;
}
