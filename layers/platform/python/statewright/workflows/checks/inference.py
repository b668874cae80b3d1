"""The type of an expression, and what is wrong in it, from the types of the names in reach.

It says nothing where it does not know: results of http.request, $vars, anything computed by a
function that the author wrote. What it does say about types would fail in every execution.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import assert_never

from statewright.workflows.checks import calls, operators
from statewright.workflows.checks.findings import Findings
from statewright.workflows.checks.functions import SIGNATURES
from statewright.workflows.checks.schemas import type_of_value
from statewright.workflows.checks.types import (
    ANY,
    FUNCTION,
    NOTHING,
    NULL,
    NUMBER,
    OPEN,
    Type,
    bounded,
    describe,
    either,
    field_of,
    fields_of,
    item_of,
    listing,
    lists_its_fields,
    record,
    without,
)
from statewright.workflows.jsonata import nodes
from statewright.workflows.jsonata.nodes import Node, children
from statewright.workflows.suggestions import did_you_mean


@dataclass(frozen=True, slots=True)
class Known:
    """A name in reach. ``sometimes`` says when it has a value, where that is not always."""

    type: Type
    sometimes: str = ""


Env = Mapping[str, Known]
Built = (
    nodes.Array
    | nodes.Group
    | nodes.Negate
    | nodes.Conditional
    | nodes.Lambda
    | nodes.Assign
    | nodes.Sort
    | nodes.Bind
)


@dataclass(slots=True)
class Inference:
    """The reading of one expression."""

    findings: Findings
    at: str
    env: Env
    hints: Callable[[str], str | None] = lambda _: None
    """What else there is to say about a name that is not in reach."""

    def whole(self, node: Node) -> Type:
        """The type of an expression as it stands in a definition."""
        bound = {name: Known(ANY) for name in _bound_in_paths(node)}
        return bounded(self.of(node, NOTHING, {**self.env, **bound}))

    def of(self, node: Node, context: Type, env: Env) -> Type:
        """The type of a part of it, where ``$`` is of the type ``context``."""
        match node:
            case nodes.Literal(value=value):
                return type_of_value(value)
            case nodes.Field(name=name):
                return self._bare(name, env) if context == NOTHING else self.field(context, name)
            case nodes.Variable(name=name):
                return self._variable(name, context, env)
            case nodes.Step():
                return self._step(node, context, env)
            case nodes.Filter():
                return self._filter(node, context, env)
            case nodes.Binary():
                return operators.binary(self, node, context, env)
            case nodes.Call():
                return calls.call(self, node, context, env)
            case nodes.Block(parts=parts):
                return self._block(parts, context, env)
            case nodes.Wildcard():
                return ANY
            case nodes.Regex() | nodes.Transform():
                return FUNCTION
            case _:
                return self._built(node, context, env)

    def _built(self, node: Built, context: Type, env: Env) -> Type:
        match node:
            case nodes.Array(items=items):
                return listing(either(*(self._element(i, context, env) for i in items)) or ANY)
            case nodes.Group():
                return self._group(node, context, env)
            case nodes.Negate(value=value):
                operators.number(self, value, self.of(value, context, env), "-")
                return NUMBER
            case nodes.Conditional(test=test, yes=yes, no=no):
                self.of(test, context, env)
                other = NOTHING if no is None else self.of(no, context, env)
                return either(self.of(yes, context, env), other)
            case nodes.Lambda(parameters=parameters, body=body):
                self.of(body, context, {**env, **dict.fromkeys(parameters, Known(ANY))})
                return FUNCTION
            case nodes.Assign(value=value):
                return self.of(value, context, env)
            case nodes.Sort():
                return self._sort(node, context, env)
            case nodes.Bind(base=base):
                return self.of(base, context, env)
            case _:
                assert_never(node)

    # -- names --------------------------------------------------------------------------------

    def _variable(self, name: str, context: Type, env: Env) -> Type:
        if name == "":
            return context if context != NOTHING else ANY
        if name == "$":
            return ANY
        if name in env:
            return env[name].type
        if name in SIGNATURES and name != "error":
            return FUNCTION
        self.unknown(name, env)
        return ANY

    def unknown(self, name: str, env: Env) -> None:
        """Says that nothing is called so."""
        suggestion = self.hints(name) or did_you_mean(name, env, "$")
        self.findings.error("unknown-name", self.at, f"nothing here is called ${name}", suggestion)

    def _bare(self, name: str, env: Env) -> Type:
        """A field of nothing: most likely a name without its ``$``."""
        suggestion = f"did you mean `${name}`?" if name in env else did_you_mean(name, env, "$")
        detail = f"`{name}` is a field of nothing: names begin with `$`, texts stand in quotes"
        self.findings.error("bare-name", self.at, detail, suggestion)
        return ANY

    def field(self, kind: Type, name: str) -> Type:
        """The type of a field, or what is wrong with asking for it."""
        names = fields_of(kind)
        found = field_of(kind, name)
        if names is None or name in names:
            return found
        if not names and found == NOTHING:
            if not without(kind, NULL, NOTHING):
                return NOTHING
            detail = f"`.{name}` is asked of {describe(kind)}, which has no fields"
            self.findings.error("no-field", self.at, detail)
            return ANY
        suggestion = did_you_mean(name, names)
        if found == NOTHING:
            detail = f"there is no field `{name}` here: there are {', '.join(sorted(names))}"
            self.findings.error("no-field", self.at, detail, suggestion)
        elif lists_its_fields(kind):
            detail = f"`{name}` is not among the fields that are declared here"
            self.findings.warn("undeclared-field", self.at, detail, suggestion)
        return ANY

    # -- paths --------------------------------------------------------------------------------

    def _step(self, node: nodes.Step, context: Type, env: Env) -> Type:
        base = self.of(node.base, context, env)
        self.maybe_unset(node.base, env)
        if isinstance(node.step, nodes.Field):
            return self.field(base, node.step.name)
        item = item_of(base)
        found = self.of(node.step, ANY if item == NOTHING else item, env)
        if ANY in (base, found):
            return ANY
        return either(found, listing(found), NOTHING)

    def maybe_unset(self, node: Node, env: Env) -> None:
        """Notes that a name has no value on some paths."""
        if isinstance(node, nodes.Variable) and node.name in env and env[node.name].sometimes:
            detail = f"${node.name} is null unless {env[node.name].sometimes}"
            self.findings.note("maybe-unset", self.at, detail)

    def _filter(self, node: nodes.Filter, context: Type, env: Env) -> Type:
        base = self.of(node.base, context, env)
        item = item_of(base)
        if node.predicate is None:
            return listing(item)
        self.of(node.predicate, ANY if item == NOTHING else item, env)
        if isinstance(node.predicate, nodes.Literal | nodes.Negate):
            return either(item, NOTHING)
        return either(item, listing(item), NOTHING)

    def _sort(self, node: nodes.Sort, context: Type, env: Env) -> Type:
        item = item_of(self.of(node.base, context, env))
        for term in node.terms:
            self.of(term, item, env)
        return listing(item)

    # -- what is built ------------------------------------------------------------------------

    def _element(self, node: Node, context: Type, env: Env) -> Type:
        """What an element of ``[…]`` adds: a list that is not written out adds its elements."""
        found = self.of(node, context, env)
        if isinstance(node, nodes.Array):
            return found
        if isinstance(node, nodes.Binary) and node.operator == "..":
            return NUMBER
        return item_of(without(found, NOTHING) or NOTHING)

    def _group(self, node: nodes.Group, context: Type, env: Env) -> Type:
        inner = context
        if node.base is not None:
            inner = item_of(self.of(node.base, context, env))
        fields: dict[str, Type] = {}
        whole = node.base is None
        for key, value in node.pairs:
            self.of(key, inner, env)
            kind = self.of(value, inner, env)
            if isinstance(key, nodes.Literal) and isinstance(key.value, str):
                fields[key.value] = kind
            else:
                whole = False
        return record(fields) if whole else OPEN

    def _block(self, parts: tuple[Node, ...], context: Type, env: Env) -> Type:
        kind = NOTHING
        for part in parts:
            if isinstance(part, nodes.Assign) and isinstance(part.value, nodes.Lambda):
                env = {**env, part.name: Known(FUNCTION)}  # it may call itself
            kind = self.of(part, context, env)
            env = {**env, **dict.fromkeys(_assigned(part), Known(ANY))}
            if isinstance(part, nodes.Assign):
                env = {**env, part.name: Known(kind)}
        return kind


def _assigned(node: Node) -> list[str]:
    own = [node.name] if isinstance(node, nodes.Assign) else []
    if isinstance(node, nodes.Block | nodes.Lambda):
        return own
    return own + [name for child in children(node) for name in _assigned(child)]


def _bound_in_paths(node: Node) -> list[str]:
    own = [node.name] if isinstance(node, nodes.Bind) else []
    return own + [name for child in children(node) for name in _bound_in_paths(child)]
