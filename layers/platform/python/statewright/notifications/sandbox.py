"""Templates that strangers write: Jinja2's sandbox, with bounds on time and memory as well.

Jinja2's own sandbox keeps a template away from Python's internals, and no more: "it is possible to
write loops that run for a very long time" (https://jinja.palletsprojects.com/en/stable/sandbox/).
So here each pass of a loop and each call of a macro costs a step, each piece of text costs its
length, and both budgets are small. What can make much out of little is not there: methods (but the
harmless ones of texts and dicts), powers, multiplied texts, and filters that pad or repeat.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, wraps
from typing import Any

from jinja2 import StrictUndefined, TemplateError, Undefined, nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

MAX_STEPS = 20_000
MAX_TEXT = 400_000
"""Characters that one rendering may put together, including what it throws away."""
_FILTERS = [
    "abs",
    "capitalize",
    "count",
    "d",
    "default",
    "dictsort",
    "e",
    "escape",
    "first",
    "float",
    "forceescape",
    "groupby",
    "int",
    "items",
    "join",
    "last",
    "length",
    "list",
    "lower",
    "map",
    "max",
    "min",
    "reject",
    "rejectattr",
    "replace",
    "reverse",
    "round",
    "select",
    "selectattr",
    "sort",
    "striptags",
    "sum",
    "title",
    "tojson",
    "trim",
    "truncate",
    "unique",
    "upper",
    "urlencode",
    "wordcount",
]
_OF_TEXTS = {"upper", "lower", "title", "strip", "lstrip", "rstrip", "startswith", "endswith"}
_METHODS: dict[type, set[str]] = {
    str: {*_OF_TEXTS, "split"},
    Markup: _OF_TEXTS,
    dict: {"items", "keys", "values", "get"},
    LoopContext: {"cycle"},
}
_LARGEST = 10**15
_TICK, _JOIN, _LIST = "tick", "concat", "plain"


class HostileTemplateError(TemplateError):
    """The template wants more than a message needs."""


class _Budget(threading.local):
    """What is left for the rendering that this thread does."""

    steps = 0
    text = 0

    def begin(self) -> None:
        self.steps, self.text = MAX_STEPS, MAX_TEXT

    def step(self, cost: int = 1) -> str:
        self.steps -= cost
        if self.steps < 0:
            raise HostileTemplateError(f"The template takes more than {MAX_STEPS:,} steps.")
        return ""

    def spend(self, length: int) -> None:
        self.text -= length
        if self.text < 0:
            raise HostileTemplateError(f"The template writes more than {MAX_TEXT:,} characters.")


_budget = _Budget()


def _step() -> str:
    """Called by each pass of a loop and each call of a macro."""
    return _budget.step()


def _measured(value: Any) -> Any:
    """What every ``{{ … }}`` goes through."""
    _budget.step()
    text = _text(value)
    _budget.spend(len(text))
    return text


def _text(value: Any) -> str:
    """A text as it is, and a number as text. What holds other things has no text of its own."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, int | float | Undefined | Macro):
        return str(value)
    raise HostileTemplateError("Lists and objects are written with a loop, join or tojson.")


def _plain(*items: Any) -> list[Any]:
    """A list that the template itself spells out; nested ones could share parts endlessly."""
    if any(isinstance(item, list | tuple | dict) for item in items):
        raise HostileTemplateError("Lists in templates hold texts and numbers only.")
    return list(items)


def _concat(*parts: Any) -> str:
    texts = [_text(part) for part in parts]
    _budget.spend(sum(map(len, texts)))
    if any(isinstance(text, Markup) for text in texts):
        return Markup("").join(texts)
    return "".join(texts)


def _join(value: Iterable[Any], d: str = "", attribute: str | None = None) -> str:
    items = [item if attribute is None else item[attribute] for item in value]
    texts = [_text(item) for item in items]
    _budget.spend(sum(map(len, texts)) + len(d) * len(texts))
    # Escaped parts stay escaped, and what is put between them is escaped by the output.
    return (escape(d) if any(isinstance(t, Markup) for t in texts) else d).join(texts)


def _replace(text: str, old: str, new: str, count: int = -1) -> str:
    _budget.spend(len(text) + text.count(old) * len(new))
    return text.replace(old, new, count)


def _sum(value: Iterable[Any], attribute: str | None = None) -> Any:
    items = [item if attribute is None else item[attribute] for item in value]
    if not all(isinstance(item, int | float) for item in items):
        raise HostileTemplateError("'sum' is for numbers.")
    return sum(items)


def _costed(work: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that costs more for longer lists and texts."""
    place = 1 if hasattr(work, "jinja_pass_arg") else 0

    @wraps(work)
    def costed(*arguments: Any, **named: Any) -> Any:
        value = arguments[place]
        _budget.step(1 + (len(value) // 100 if isinstance(value, str | list | dict) else 0))
        return work(*arguments, **named)

    return costed


class _Environment(ImmutableSandboxedEnvironment):
    """The sandbox with budgets."""

    intercepted_binops = frozenset(["+", "*", "**", "%", "//", "/"])

    def __init__(self, *, autoescape: bool):
        super().__init__(autoescape=autoescape, undefined=StrictUndefined, finalize=_measured)
        self._own = (_step, _concat, _plain)
        self.globals = {_TICK: _step, _JOIN: _concat, _LIST: _plain}
        own = {**self.filters, "join": _join, "replace": _replace, "sum": _sum}
        self.filters = {name: _costed(own[name]) for name in _FILTERS}

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Numbers are numbers; texts and lists can be added, within the budget."""
        if isinstance(left, int | float) and isinstance(right, int | float):
            if operator == "**" or abs(left) > _LARGEST or abs(right) > _LARGEST:
                raise HostileTemplateError(f"'{operator}' makes too large a number.")
            return super().call_binop(context, operator, left, right)
        if operator != "+" or not hasattr(left, "__len__") or not hasattr(right, "__len__"):
            raise HostileTemplateError(f"'{operator}' is for numbers.")
        _budget.spend(len(left) + len(right))
        return super().call_binop(context, operator, left, right)

    def is_safe_callable(self, obj: Any) -> bool:
        """Macros, our own helpers, and harmless methods of texts and dicts."""
        if isinstance(obj, Macro) or any(obj is own for own in self._own):
            return True
        owner = getattr(obj, "__self__", None)
        return getattr(obj, "__name__", "") in _METHODS.get(type(owner), set())

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for kind in (nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends):
            if next(tree.find_all(kind), None) is not None:
                raise HostileTemplateError("Templates do not read other templates.")
        for loop in tree.find_all((nodes.For, nodes.Macro, nodes.CallBlock)):
            body: list[nodes.Node] = loop.body  # type: ignore[attr-defined]
            body.insert(0, nodes.ExprStmt(_call(_TICK, [])).set_lineno(loop.lineno))
        return _Counting().visit(tree)  # type: ignore[no-any-return]


def _call(name: str, arguments: list[Any]) -> nodes.Call:
    return nodes.Call(nodes.Name(name, "load"), arguments, [], None, None)


class _Counting:
    """Turns ``a ~ b`` and ``[a, b]`` into calls that count."""

    def visit(self, node: Any) -> Any:
        """Rewrites a tree in place, and returns what stands for its root."""
        for field, value in node.iter_fields():
            if isinstance(value, list):
                setattr(node, field, [self._one(item) for item in value])
            else:
                setattr(node, field, self._one(value))
        match node:
            case nodes.Concat():
                return _call(_JOIN, node.nodes).set_lineno(node.lineno)
            case nodes.List():
                return _call(_LIST, node.items).set_lineno(node.lineno)
            case nodes.Tuple(ctx="load"):
                return _call(_LIST, node.items).set_lineno(node.lineno)
            case nodes.Dict():
                raise HostileTemplateError("Templates do not make objects.")
        return node

    def _one(self, value: Any) -> Any:
        return self.visit(value) if isinstance(value, nodes.Node) else value


@lru_cache(maxsize=2)
def _environment(html: bool) -> _Environment:
    return _Environment(autoescape=html)


@lru_cache(maxsize=1024)
def _compiled(source: str, html: bool) -> Any:
    return _environment(html).from_string(source)


def check(source: str) -> str | None:
    """What is wrong with a template's text, or None."""
    return _told(lambda: _compiled(source, False))


def _told(work: Callable[[], Any]) -> str | None:
    try:
        work()
    except TemplateError as error:
        line = getattr(error, "lineno", None)
        return f"{error.message or error}" + (f" (line {line})" if line else "")
    except RecursionError:
        return "The template is nested too deeply."
    return None


class RenderError(Exception):
    """A template cannot be rendered with this data."""


def render(source: str, data: Mapping[str, Any], *, html: bool = False) -> str:
    """A template's text with data put in; for HTML, data is escaped.

    Raises:
        RenderError: with a sentence that says why.
    """
    _budget.begin()
    try:
        return str(_compiled(source, html).render(data))
    except SecurityError as error:
        raise RenderError(f"The template does what templates may not: {error}") from error
    except TemplateError as error:
        raise RenderError(error.message or str(error)) from error
    except RecursionError:
        raise RenderError("The template calls itself too deeply.") from None
    except (TypeError, ValueError, ArithmeticError, LookupError) as error:
        raise RenderError(f"The template does not fit the data: {error}") from error
