/** The gallery of workflows that are ready to be filled in. */

import { Link } from "@tanstack/react-router";
import {
  Banknote, Bot, Boxes, Handshake, Headset, LayoutTemplate, Megaphone, Puzzle, Scale, ServerCog, ShoppingCart, Users, type LucideIcon,
} from "lucide-react";
import { useDeferredValue, useState } from "react";

import { useCan } from "../api/account";
import { api } from "../api/client";
import { useLoad } from "../api/use";
import { Await, Empty, Page } from "../ui/page";

const ICONS: Record<string, LucideIcon> = {
  Finance: Banknote, IT: ServerCog, Integration: Puzzle, Legal: Scale, Marketing: Megaphone, Operations: Boxes,
  People: Users, Procurement: ShoppingCart, Sales: Handshake, Support: Headset,
};

export function CategoryIcon({ category }: { category: string }) {
  const Icon = ICONS[category] ?? LayoutTemplate;
  return <span className="emblem"><Icon size={18} aria-hidden /></span>;
}

export function Gallery() {
  const can = useCan();
  const [words, setWords] = useState("");
  const [category, setCategory] = useState<string | null>(null);
  const q = useDeferredValue(words.trim());
  const all = useLoad(["templates"], () => api.GET("/v1/gallery"), { stale: 600_000 });
  const found = useLoad(["templates", q], () => api.GET("/v1/gallery", { params: { query: q === "" ? {} : { words: q } } }), { keep: true, stale: 600_000 });
  const categories = [...new Set((all.data?.items ?? []).map((item) => item.category))].sort();
  return (
    <Page
      title="Templates" lead="Workflows that businesses use. Fill in a few fields; what comes out is an ordinary workflow of yours."
      actions={can("workflows:write") && <Link to="/assistant" className="button"><Bot size={16} aria-hidden /> Describe your own</Link>}
    >
      <div className="tools">
        <input type="search" placeholder="Search templates" aria-label="Search templates" value={words} onChange={(event) => setWords(event.target.value)} />
      </div>
      <div className="chips" role="group" aria-label="Categories">
        <button type="button" className="chip" aria-pressed={category === null} onClick={() => setCategory(null)}>All</button>
        {categories.map((each) => <button key={each} type="button" className="chip" aria-pressed={category === each} onClick={() => setCategory(each === category ? null : each)}>{each}</button>)}
      </div>
      <Await query={found} shape="cards">
        {({ items }) => {
          const shown = items.filter((item) => category === null || item.category === category);
          if (shown.length === 0) return <Empty icon={LayoutTemplate} title="No template like this">Try other words, or describe what you need.</Empty>;
          return (
            <div className="cards">
              {shown.map((item) => (
                <Link key={item.id} to="/templates/$templateId" params={{ templateId: item.id }} className="card tile">
                  <CategoryIcon category={item.category} />
                  <h2>{item.title}</h2>
                  <p className="muted">{item.summary}</p>
                  <span className="foot chips"><span className="chip">{item.category}</span>{item.tags.slice(0, 2).map((tag) => <span className="chip" key={tag}>{tag}</span>)}</span>
                </Link>
              ))}
            </div>
          );
        }}
      </Await>
    </Page>
  );
}
