/** The dialogs that the builder's head opens. */

export type DialogName = "publish" | "run" | "keys";
