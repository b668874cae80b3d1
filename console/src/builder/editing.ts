/** Whether the definition can be changed: by who may, while the draft is the newest. */

import { createContext, useContext } from "react";

export const ReadOnlyContext = createContext(false);
export const useReadOnly = (): boolean => useContext(ReadOnlyContext);
