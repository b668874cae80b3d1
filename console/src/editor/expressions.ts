/** Expressions in an editor: coloured, completed, with brackets that close by themselves. */

import { acceptCompletion, autocompletion, closeBrackets, completionKeymap, type Completion as Entry, type CompletionContext, type CompletionResult } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { Prec, RangeSetBuilder, type Extension } from "@codemirror/state";
import { Decoration, EditorView, keymap, ViewPlugin, type DecorationSet, type ViewUpdate } from "@codemirror/view";

import { complete, type Option } from "../graph/completion";
import type { Fields } from "../graph/definition";
import type { Name } from "../graph/scope";
import { beforeCursor, piecesOf } from "../graph/template";

export interface Reach {
  names: Name[];
  values: Fields;
}

const TOKENS = /(?<name>\$[A-Za-z_]\w*)|(?<string>"[^"]*"|'[^']*')|(?<number>\b\d+(?:\.\d+)?\b)/g;
const WHOLE = Decoration.mark({ class: "cm-x" });
const BRACKET = Decoration.mark({ class: "cm-x-bracket" });

function decorations(view: EditorView): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  for (const piece of piecesOf(view.state.doc.toString())) {
    if (piece.kind === "text") continue;
    const marks: [number, number, Decoration][] = [[piece.from - 2, piece.to + 2, WHOLE], [piece.from - 2, piece.from, BRACKET]];
    for (const token of piece.text.matchAll(TOKENS)) {
      const [kind] = Object.entries(token.groups!).find(([, text]) => text !== undefined)!;
      const from = piece.from + token.index;
      marks.push([from, from + token[0].length, Decoration.mark({ class: `cm-x-${kind}` })]);
    }
    marks.push([piece.to, piece.to + 2, BRACKET]);
    for (const [from, to, mark] of marks) builder.add(from, to, mark);
  }
  return builder.finish();
}

const colours = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) {
      this.decorations = decorations(view);
    }
    update(update: ViewUpdate): void {
      if (update.docChanged) this.decorations = decorations(update.view);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

/** Typing `{%` writes the end of the expression, too. */
const brackets = EditorView.inputHandler.of((view, from, to, text) => {
  if (text !== "%" || from !== to || view.state.sliceDoc(from - 1, from) !== "{") return false;
  // The bracket that has closed by itself goes into the expression's end.
  const end = view.state.sliceDoc(from, from + 1) === "}" ? from + 1 : from;
  view.dispatch({ changes: { from, to: end, insert: "%  %}" }, selection: { anchor: from + 2 }, userEvent: "input.type" });
  return true;
});

const entry = (option: Option, bare: boolean): Entry => ({
  label: option.label,
  detail: option.detail,
  type: option.kind === "field" ? "property" : option.kind === "name" ? "variable" : "function",
  boost: option.kind === "function" ? -10 : 0,
  apply: bare ? (option.apply ?? option.label) : `{% ${option.apply ?? option.label} %}`,
});

function completions(reach: () => Reach, context: CompletionContext): CompletionResult | null {
  const text = context.state.doc.toString();
  const inside = beforeCursor(text, context.pos);
  const written = inside ?? /\$\w*$/.exec(text.slice(0, context.pos))?.[0];
  const { names, values } = reach();
  if (written === undefined || (context.explicit && !/[$.]\w*$/.test(written))) {
    if (!context.explicit) return null;
    return { from: context.pos, options: (complete("$", names, values)?.options ?? []).map((option) => entry(option, inside !== undefined)) };
  }
  const found = complete(written, names, values);
  if (found === undefined) return null;
  return { from: context.pos - found.replaces, options: found.options.map((option) => entry(option, inside !== undefined)), validFor: /^[$`]?[\w ]*`?$/ };
}

/** What an editor of a value needs; `reach` tells what can be named just now. */
export function expressionExtensions(reach: () => Reach): Extension {
  return [
    colours,
    brackets,
    closeBrackets(),
    history(),
    autocompletion({ override: [(context) => completions(reach, context)], icons: false, maxRenderedOptions: 80 }),
    Prec.highest(keymap.of([{ key: "Tab", run: acceptCompletion }])),
    keymap.of([...completionKeymap, ...historyKeymap, ...defaultKeymap]),
  ];
}
