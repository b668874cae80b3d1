/** Which templates fit a description: those that share the most words with it. */

export interface Described {
  title: string;
  summary: string;
  category: string;
  tags: readonly string[];
}

const EVERYDAY = new Set("a an and are as at be by do for from get has have i if in into is it its me my of on one or our so that the them then they this to us we when which who will with you your".split(" "));

/** The words that say something, without their endings. */
export const wordsOf = (text: string): string[] =>
  [...new Set((text.toLowerCase().match(/\p{L}{2,}/gu) ?? []).filter((word) => !EVERYDAY.has(word)).map((word) => word.replace(/(als|al|ings|ing|ed|es|e|s)$/, "")))];

/** The best templates first; none that shares no word. */
export function fitting<T extends Described>(templates: readonly T[], request: string, most = 6): T[] {
  const wanted = wordsOf(request);
  const score = ({ title, summary, category, tags }: T): number => {
    const named = new Set(wordsOf(`${title} ${category} ${tags.join(" ")}`));
    const told = new Set(wordsOf(summary));
    return wanted.reduce((sum, word) => sum + (named.has(word) ? 3 : 0) + (told.has(word) ? 1 : 0), 0);
  };
  return templates
    .map((template) => ({ template, points: score(template) }))
    .filter(({ points }) => points > 0)
    .sort((a, b) => b.points - a.points)
    .slice(0, most)
    .map(({ template }) => template);
}
