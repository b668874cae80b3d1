/** All rows of a file, part by part. */

import { api, ok, type Schemas } from "../api/client";
import { added, NOTHING, type Progress } from "./importing";

const PART = 2_000;

type Wanted = Omit<Schemas["NewImport"], "skip" | "limit">;

/** Goes through all rows of a file; tells how far it has come. */
export async function through(table: string, wanted: Wanted, told: (progress: Progress) => void, stopped: () => boolean): Promise<Progress> {
  let progress = NOTHING;
  while (!progress.done && !stopped()) {
    const part = await ok(api.POST("/v1/tables/{table}/imports", { params: { path: { table } }, body: { ...wanted, skip: progress.read, limit: PART } }));
    progress = added(progress, part);
    told(progress);
  }
  return progress;
}
