/** Texts that hold expressions: `Order {% $trigger.body.id %}`. */

export type Piece = { kind: "text" | "expression"; text: string; from: number; to: number };

const EXPRESSION = /\{%([\s\S]*?)%\}/g;

/** The pieces of a text in their order; an expression's `from` and `to` are those of what is between its brackets. */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(EXPRESSION)) {
    if (match.index > end) pieces.push({ kind: "text", text: text.slice(end, match.index), from: end, to: match.index });
    const from = match.index + 2;
    pieces.push({ kind: "expression", text: match[1]!, from, to: from + match[1]!.length });
    end = match.index + match[0].length;
  }
  if (end < text.length) pieces.push({ kind: "text", text: text.slice(end), from: end, to: text.length });
  return pieces;
}

export const hasExpression = (text: string): boolean => text.includes("{%");

/** The expression of a text that is nothing else, without its brackets. */
export function wholeExpression(text: string): string | undefined {
  const trimmed = text.trim();
  const pieces = piecesOf(trimmed);
  return pieces.length === 1 && pieces[0]!.kind === "expression" ? pieces[0]!.text.trim() : undefined;
}

/** What is written of an expression up to a place in the text; undefined outside of expressions. An open one counts. */
export function beforeCursor(text: string, cursor: number): string | undefined {
  const open = text.lastIndexOf("{%", cursor - 2);
  if (open < 0) return undefined;
  const written = text.slice(open + 2, cursor);
  return written.includes("%}") ? undefined : written;
}

/** A text with a path put in at a place: bare inside an expression, in brackets elsewhere. */
export function insertPath(text: string, from: number, to: number, path: string): { text: string; cursor: number } {
  const put = beforeCursor(text, from) === undefined ? `{% ${path} %}` : path;
  return { text: text.slice(0, from) + put + text.slice(to), cursor: from + put.length };
}
