/** A human task as its page and the parts of that page have it. */

import type { Schemas } from "../api/client";

export type Task = Schemas["TaskDetail"];
