/** Long work in parts, so that the page goes on painting. */

const PART_MS = 4;

/** A pause to be awaited between pieces of work: nothing while little time has passed, else what waits comes first. */
export function pace(): () => Promise<void> | undefined {
  let since = performance.now();
  return () => {
    if (performance.now() - since < PART_MS) return undefined;
    return new Promise((done) =>
      setTimeout(() => {
        since = performance.now();
        done();
      }),
    );
  };
}
