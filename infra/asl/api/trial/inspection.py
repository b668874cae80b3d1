"""What a state's data came to, field by field, noted while the state runs.

The state is not run twice for it: it runs with fields that tell what they came to. Which fields
AWS shows depends on the type of the state, and on its query language.
https://docs.aws.amazon.com/step-functions/latest/apireference/API_InspectionData.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

from asl.errors import StateFailedError
from asl.jsonata.template import Template
from asl.jsonpath.path import JsonPath
from asl.jsonpath.pathflow import UNSET, WHOLE, OnSubject, PathFlow
from asl.machine import (
    Catcher,
    Expression,
    Flow,
    Limit,
    MapState,
    ParallelState,
    PassState,
    State,
    StateBase,
    TaskState,
)
from asl.payload import Payload
from asl.scope import Scope

Tell = Callable[[Any], None]
AnyState = TypeVar("AnyState", bound=StateBase)
_NUMBERS = {
    "MaxConcurrency": ("maxConcurrency", int),
    "ToleratedFailureCount": ("toleratedFailureCount", int),
    "ToleratedFailurePercentage": ("toleratedFailurePercentage", float),
}


class Inspection:
    """Gathers what is told, by the names of the API's InspectionData."""

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}
        self._numbers: dict[str, int | float] = {}

    def tell(self, name: str, value: Any) -> None:
        """Notes a JSON value."""
        self._values[name] = value

    def number(self, name: str, value: Any) -> None:
        """Notes a limit; what is no number makes the state fail."""
        shown, kind = _NUMBERS[name]
        if isinstance(value, int | float) and not isinstance(value, bool):
            self._numbers[shown] = kind(value)

    def shown(self) -> dict[str, Any]:
        """Values as JSON text, numbers as they are."""
        texts = {name: _text(value) for name, value in self._values.items()}
        return {**{n: text for n, text in texts.items() if text is not None}, **self._numbers}

    def default_concurrency(self) -> None:
        """Notes what a Map's concurrency is where the state does not say it."""
        self._numbers.setdefault("maxConcurrency", 0)

    # -- what a state is to tell ------------------------------------------------------------

    def watch(self, state: State, scope: Scope) -> State:
        """The same state, with fields that tell."""
        self._enter(state, scope)
        watched = replace(self.watch_catch(state), flow=self._flow(state))
        return self._limits(watched) if isinstance(watched, MapState) else watched

    def watch_catch(self, state: AnyState) -> AnyState:
        """The same state, with rules of Catch that tell."""
        return replace(state, catch=tuple(self._catcher(catcher) for catcher in state.catch))

    def _enter(self, state: State, scope: Scope) -> None:
        """What AWS shows of every JSONPath state but two: the input after ``InputPath``."""
        flow = state.flow
        if not isinstance(flow, PathFlow) or isinstance(state, ParallelState):
            return
        if flow.result is not UNSET:
            self.tell("result", flow.result)
            return
        try:
            self.tell("afterInputPath", flow.subject(scope))
        except StateFailedError:
            return  # the state fails of it by itself

    def _flow(self, state: State) -> Flow:
        flow = state.flow
        shaping = isinstance(state, PassState | TaskState | MapState | ParallelState)
        if not isinstance(flow, PathFlow) or not shaping:
            return flow
        stages = ["afterResultSelector"]
        if isinstance(state, PassState) and flow.result is UNSET:
            stages.append("afterParameters")
        return self._telling(flow, tuple(stages))

    def _catcher(self, catcher: Catcher) -> Catcher:
        if not isinstance(catcher.flow, PathFlow):
            return catcher
        return replace(catcher, flow=self._telling(catcher.flow, ()))

    def _telling(self, flow: PathFlow, stages: tuple[str, ...]) -> PathFlow:
        path = flow.result_path
        inner = WHOLE if path is None else path
        told = _TellingPath(
            inner.text, inner.context, inner.variable, inner.steps, self.tell, stages, path is None
        )
        return replace(flow, result_path=told)

    def _limits(self, state: MapState) -> MapState:
        items = state.items
        if isinstance(items, OnSubject):
            items = _TellingReading(items, self._items)
        return replace(
            state,
            items=items,
            max_concurrency=self._limit(state.max_concurrency),
            tolerated_count=self._limit(state.tolerated_count),
            tolerated_percentage=self._limit(state.tolerated_percentage),
        )

    def _items(self, value: Any) -> None:
        if isinstance(value, list):
            self.tell("afterItemsPath", value)

    def _limit(self, limit: Limit | None) -> Limit | None:
        if limit is None:
            return None
        tell = partial(self.number, limit.field.removesuffix("Path"))
        return replace(limit, value=_telling_expression(limit.value, tell))


def _text(value: Any) -> str | None:
    payload = value if isinstance(value, Payload) else Payload(value)
    try:
        return payload.text.decode()
    except StateFailedError:
        return None  # too deep to be written: the state fails of it by itself


# -- fields that tell -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _TellingPath(JsonPath):
    """A ``ResultPath`` that tells the result which it is given, and what it makes of it."""

    tell: Callable[[str, Any], None]
    stages: tuple[str, ...]
    """What the result is called."""
    discards: bool
    """Whether the path is ``null``: the result is thrown away."""

    def write(self, document: Any, value: Any) -> Any:
        """See :meth:`JsonPath.write`."""
        for stage in self.stages:
            self.tell(stage, value)
        merged = document if self.discards else JsonPath.write(self, document, value)
        self.tell("afterResultPath", merged)
        return merged


class _TellingTemplate(Template):
    """A JSONata field, or a constant, that tells its value."""

    __slots__ = ("_tell",)

    def __init__(self, inner: Template, tell: Tell):
        self.source, self.expressions, self._evaluate = (
            inner.source,
            inner.expressions,
            inner._evaluate,
        )
        self._tell = tell

    def evaluate(self, scope: Scope) -> Any:
        """See :meth:`Template.evaluate`."""
        value = super().evaluate(scope)
        self._tell(value)
        return value


class _TellingReading(OnSubject):
    """A JSONPath field that tells its value."""

    __slots__ = ("_inner", "_tell")

    def __init__(self, inner: OnSubject, tell: Tell):
        self._inner, self._tell, self.text = inner, tell, inner.text

    def evaluate(self, scope: Scope) -> Any:
        """See :meth:`OnSubject.evaluate`."""
        value = self._inner.evaluate(scope)
        self._tell(value)
        return value


def _telling_expression(expression: Expression, tell: Tell) -> Expression:
    if isinstance(expression, OnSubject):
        return _TellingReading(expression, tell)
    return _TellingTemplate(expression, tell)
