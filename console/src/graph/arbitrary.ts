/** Random definitions, for property tests. */

import fc from "fast-check";

import type { Definition, Step } from "./definition";

const value = fc.constantFrom<string | number>(1, "a", "{% $trigger.body %}");

const { step } = fc.letrec<{ step: Step; steps: Step[] }>((tie) => ({
  steps: fc.array(tie("step"), { minLength: 1, maxLength: 2 }),
  step: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.record({ set: value }),
    fc.record({ use: fc.constantFrom("http.request", "email.send"), with: fc.constant({}) }),
    fc.record({ wait: fc.constant({ for: "1s" }) }),
    fc.tuple(tie("steps"), tie("steps")).map(([a, b]): Step => ({ choose: [{ when: "{% true %}", steps: a }, { otherwise: b }] })),
    fc.tuple(tie("steps"), tie("steps")).map(([a, b]): Step => ({ parallel: { "l/eft": a, right: b } })),
    tie("steps").map((steps): Step => ({ for_each: [1], as: "x", steps })),
    tie("steps").map((steps): Step => ({ repeat: { max: 2, steps } })),
    fc.tuple(tie("steps"), tie("steps")).map(([a, b]): Step => ({ try: { steps: a, catch: [{ steps: b }], finally: [] } })),
  ),
}));

/** Definitions whose steps have ids of their own. */
export const definitions: fc.Arbitrary<Definition> = fc
  .array(step, { minLength: 1, maxLength: 3 })
  .map((steps) => {
    let count = 0;
    const label = (node: unknown): unknown => {
      if (Array.isArray(node)) return node.map(label);
      if (typeof node !== "object" || node === null) return node;
      const fields = Object.fromEntries(Object.entries(node).map(([key, inner]) => [key, label(inner)]));
      const isStep = ["set", "use", "wait", "choose", "parallel", "for_each", "repeat", "try"].some(
        (kind) => kind in fields && !(kind === "choose" && "when" in fields),
      );
      return isStep ? { id: `s${(count += 1)}`, ...fields } : fields;
    };
    return { name: "W", steps: label(steps) as Step[] };
  });
