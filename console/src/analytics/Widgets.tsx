/** The grid of a dashboard. */

import { TriangleAlert } from "lucide-react";
import type { CSSProperties, ReactNode } from "react";

import { AnswerView } from "./AnswerView";
import type { Answer } from "./figures";

/** A widget with its figures, or why it has none. */
export interface WidgetData {
  title: string;
  x: number;
  y: number;
  width: number;
  height: number;
  answer: Answer | null;
  problem: string | null;
}

export interface DashboardData {
  id: string;
  name: string;
  description: string;
  widgets: WidgetData[];
}

export function Widgets({ widgets, tools }: { widgets: readonly WidgetData[]; tools?: (at: number) => ReactNode }) {
  return (
    <div className="widgets">
      {widgets.map((widget, at) => (
        <section
          key={`${widget.title}${at}`} className="card widget" aria-label={widget.title}
          style={{ "--x": widget.x + 1, "--y": widget.y + 1, "--w": widget.width, "--h": widget.height } as CSSProperties}
        >
          <header><h2>{widget.title}</h2>{tools?.(at)}</header>
          {widget.answer !== null ? <AnswerView answer={widget.answer} title={widget.title} /> : <p className="nothing muted"><TriangleAlert size={16} aria-hidden /> {widget.problem ?? "There is no answer."}</p>}
        </section>
      ))}
    </div>
  );
}
