/** The sign of a step's kind, or of its action's service. */

import { Braces, CirclePause, Globe, Mail, MessageSquare, OctagonX, Repeat, Repeat1, Shield, Split, SquareArrowOutUpRight, UserCheck, Workflow, Zap, Columns3, type LucideIcon } from "lucide-react";

import { kindOf, type Kind, type Step } from "../graph/definition";

const KIND_ICONS: Record<Kind, LucideIcon> = {
  use: Zap, set: Braces, choose: Split, for_each: Repeat, parallel: Columns3, repeat: Repeat1, wait: CirclePause, try: Shield, stop: OctagonX,
};
const SERVICE_ICONS: Record<string, LucideIcon> = {
  http: Globe, email: Mail, human: UserCheck, sms: MessageSquare, notify: MessageSquare, push: MessageSquare, inapp: MessageSquare, workflow: Workflow, event: SquareArrowOutUpRight,
};

export function iconOf(kind: Kind, action = ""): LucideIcon {
  return (kind === "use" ? SERVICE_ICONS[action.split(".")[0] ?? ""] : undefined) ?? KIND_ICONS[kind];
}

export function KindIcon({ step }: { step: Step }) {
  const kind = kindOf(step) ?? "set";
  const Icon = iconOf(kind, String(step["use"] ?? ""));
  return (
    <span className={`kind ${kind}`}>
      <Icon size={16} aria-hidden />
    </span>
  );
}
