/** Files to the browser's downloads. */

import { api, type Schemas } from "../api/client";
import { useAct } from "../api/use";
import { asked } from "./queue";

export type StoredFile = Schemas["StoredFile"];

/** Fetches a file's content to where the browser keeps what is downloaded. */
export function useDownload() {
  return useAct(async (file: StoredFile) => api.POST("/v1/files/{file_id}/links", { params: { path: { file_id: file.id } }, body: { seconds: 60 } }), {
    done: ({ url }) => {
      const link = document.createElement("a");
      link.href = asked(url);
      link.click();
    },
  });
}
