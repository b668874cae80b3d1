"""JSONata source to a tree, by operator precedence (Pratt), as the reference implementation does.

Deep trees are refused: evaluation recurses, and a library written in C or Rust does not survive
what Python would answer with a RecursionError.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from statewright.workflows.jsonata import nodes
from statewright.workflows.jsonata.lexer import WORDS, Lexer, ParseError, Token
from statewright.workflows.jsonata.nodes import Node

MAX_LENGTH = 10_000
MAX_DEPTH = 150
_POWERS = {
    ".": 75, "[": 80, "{": 70, "(": 80, "@": 80, "#": 80, "?": 20, "+": 50, "-": 50, "*": 60,
    "/": 60, "%": 60, "=": 40, "<": 40, ">": 40, "^": 40, "..": 20, ":=": 10, "!=": 40,
    "<=": 40, ">=": 40, "~>": 40, "and": 30, "or": 25, "in": 40, "&": 50,
}  # fmt: skip
_VALUES = {"true": True, "false": False, "null": None}
_FUNCTION = frozenset({"function", "λ"})

__all__ = ["MAX_DEPTH", "MAX_LENGTH", "ParseError", "parse"]


@lru_cache(maxsize=8192)
def parse(source: str) -> Node:
    """The tree of an expression.

    Raises:
        ParseError: it is not one, is too long, or too deeply nested.
    """
    if len(source) > MAX_LENGTH:
        raise ParseError(f"an expression may have {MAX_LENGTH:,} characters at the most", 0)
    return _Parser(source).whole()


class _Parser:
    def __init__(self, source: str):
        self._lexer = Lexer(source)
        self._depth = 0
        self._heights: dict[int, int] = {}
        self._token = self._lexer.token(0, operand=True)

    def whole(self) -> Node:
        node = self._expression(0)
        if self._token.kind != "end":
            raise ParseError(f"did not expect '{self._token.value}'", self._token.at)
        return node

    def _advance(self, *, operand: bool) -> Token:
        """Takes the token at hand; ``operand``: whether the next one may begin a value."""
        taken = self._token
        self._token = self._lexer.token(taken.end, operand=operand)
        return taken

    def _expect(self, kind: str, *, operand: bool = False) -> Token:
        if self._token.kind != kind:
            found = f"'{self._token.value}'" if self._token.kind != "end" else "the end"
            raise ParseError(f"expected '{kind}' before {found}", self._token.at)
        return self._advance(operand=operand)

    def _expression(self, power: int) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise ParseError("is nested too deeply", self._token.at)
        node = self._measured(self._operand())
        while self._token.kind in _POWERS and power < _POWERS[self._token.kind]:
            node = self._measured(self._infix(node))
        self._depth -= 1
        return node

    def _measured(self, node: Node) -> Node:
        """Refuses trees that are deep without being nested, such as a chain of a thousand `+`."""
        below = (self._heights.get(id(child), 1) for child in nodes.children(node))
        height = 1 + max(below, default=0)
        if height > MAX_DEPTH:
            raise ParseError("is nested too deeply", node.at)
        self._heights[id(node)] = height
        return node

    # -- what a value begins with ------------------------------------------------------------

    def _operand(self) -> Node:
        token = self._token
        match token.kind:
            case "name":
                return self._named()
            case "variable":
                self._advance(operand=False)
                return nodes.Variable(token.value, token.at, token.end)
            case "string":
                self._advance(operand=False)
                return nodes.Literal(token.value, token.at, token.end)
            case "number":
                self._advance(operand=False)
                return nodes.Literal(float(token.value), token.at, token.end)
            case "regex":
                self._advance(operand=False)
                return nodes.Regex(token.at, token.end)
            case "*" | "**" | "%":
                self._advance(operand=False)
                return nodes.Wildcard(token.kind, token.at, token.end)
            case "-":
                self._advance(operand=True)
                value = self._expression(70)
                return nodes.Negate(value, token.at, value.end)
            case "(":
                return self._block()
            case "[":
                return self._array()
            case "{":
                pairs, end = self._pairs()
                return nodes.Group(None, pairs, token.at, end)
            case "|":
                return self._transform()
        found = "ends too early" if token.kind == "end" else f"did not expect '{token.value}'"
        raise ParseError(found, token.at)

    def _named(self) -> Node:
        token = self._advance(operand=False)
        bare = token.end - token.at == len(token.value)
        if bare and token.value in _FUNCTION and self._token.kind == "(":
            return self._lambda(token.at)
        if bare and token.value in _VALUES:
            return nodes.Literal(_VALUES[token.value], token.at, token.end)
        return nodes.Field(token.value, token.at, token.end)

    def _lambda(self, at: int) -> Node:
        self._expect("(", operand=True)
        names = []
        while self._token.kind != ")":
            names.append(self._expect("variable").value)
            if self._token.kind == ",":
                self._advance(operand=True)
        self._expect(")")
        if self._token.kind == "<":
            self._signature()
        self._expect("{", operand=True)
        body = self._expression(0)
        end = self._expect("}").end
        return nodes.Lambda(tuple(names), body, at, end)

    def _signature(self) -> None:
        """Skips ``<nn:n>``: angle brackets may be nested in it."""
        open_brackets = 0
        while True:
            token = self._advance(operand=False)
            open_brackets += {"<": 1, ">": -1}.get(token.kind, 0)
            if open_brackets == 0:
                return
            if token.kind == "end":
                raise ParseError("a function's signature is not closed", token.at)

    def _block(self) -> Node:
        at = self._advance(operand=True).at
        parts = []
        while self._token.kind != ")":
            parts.append(self._expression(0))
            if self._token.kind != ";":
                break
            self._advance(operand=True)
        end = self._expect(")").end
        return nodes.Block(tuple(parts), at, end)

    def _array(self) -> Node:
        at = self._advance(operand=True).at
        items: list[Node] = []
        while self._token.kind != "]":
            item = self._expression(20)
            if self._token.kind == "..":
                self._advance(operand=True)
                last = self._expression(20)
                item = self._measured(nodes.Binary("..", item, last, item.at, last.end))
            items.append(item)
            if self._token.kind != ",":
                break
            self._advance(operand=True)
        end = self._expect("]").end
        return nodes.Array(tuple(items), at, end)

    def _pairs(self) -> tuple[tuple[tuple[Node, Node], ...], int]:
        self._advance(operand=True)
        pairs = []
        while self._token.kind != "}":
            key = self._expression(0)
            self._expect(":", operand=True)
            pairs.append((key, self._expression(0)))
            if self._token.kind != ",":
                break
            self._advance(operand=True)
        return tuple(pairs), self._expect("}").end

    def _transform(self) -> Node:
        at = self._advance(operand=True).at
        pattern = self._expression(0)
        self._expect("|", operand=True)
        update = self._expression(0)
        delete = None
        if self._token.kind == ",":
            self._advance(operand=True)
            delete = self._expression(0)
        end = self._expect("|").end
        return nodes.Transform(pattern, update, delete, at, end)

    # -- what may follow a value -------------------------------------------------------------

    def _infix(self, left: Node) -> Node:
        kind = self._token.kind
        special: dict[str, Callable[[Node], Node]] = {
            ".": self._step,
            "[": self._filter,
            "{": self._group,
            "(": self._call,
            "@": self._bind,
            "#": self._bind,
            "^": self._sort,
            "?": self._conditional,
            ":=": self._assign,
        }
        if kind in special:
            return special[kind](left)
        self._advance(operand=True)
        right = self._expression(_POWERS[kind])
        return nodes.Binary(kind, left, right, left.at, right.end)

    def _step(self, left: Node) -> Node:
        self._advance(operand=True)
        step = self._expression(75)
        return nodes.Step(left, step, left.at, step.end)

    def _filter(self, left: Node) -> Node:
        self._advance(operand=True)
        predicate = None if self._token.kind == "]" else self._expression(0)
        return nodes.Filter(left, predicate, left.at, self._expect("]").end)

    def _group(self, left: Node) -> Node:
        pairs, end = self._pairs()
        return nodes.Group(left, pairs, left.at, end)

    def _call(self, left: Node) -> Node:
        self._advance(operand=True)
        arguments: list[Node | None] = []
        while self._token.kind != ")":
            if self._token.kind == "?":
                self._advance(operand=True)
                arguments.append(None)
            else:
                arguments.append(self._expression(0))
            if self._token.kind != ",":
                break
            self._advance(operand=True)
        return nodes.Call(left, tuple(arguments), left.at, self._expect(")").end)

    def _bind(self, left: Node) -> Node:
        sign = self._advance(operand=True).kind
        name = self._expect("variable")
        return nodes.Bind(left, sign, name.value, left.at, name.end)

    def _sort(self, left: Node) -> Node:
        self._advance(operand=True)
        self._expect("(", operand=True)
        terms = []
        while True:
            if self._token.kind in {"<", ">"}:
                self._advance(operand=True)
            terms.append(self._expression(0))
            if self._token.kind != ",":
                break
            self._advance(operand=True)
        return nodes.Sort(left, tuple(terms), left.at, self._expect(")").end)

    def _conditional(self, left: Node) -> Node:
        self._advance(operand=True)
        yes = self._expression(0)
        if self._token.kind != ":":
            return nodes.Conditional(left, yes, None, left.at, yes.end)
        self._advance(operand=True)
        no = self._expression(0)
        return nodes.Conditional(left, yes, no, left.at, no.end)

    def _assign(self, left: Node) -> Node:
        if not isinstance(left, nodes.Variable):
            raise ParseError("only a $variable can be assigned to", left.at)
        self._advance(operand=True)
        value = self._expression(9)
        return nodes.Assign(left.name, value, left.at, value.end)


assert _POWERS.keys() >= WORDS
