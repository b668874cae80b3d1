"""What a run of a compiled workflow takes: transitions, time, and what AWS asks for them.

Prices are those of us-east-1, in US dollars, without the free tier:
https://aws.amazon.com/step-functions/pricing/ and https://aws.amazon.com/lambda/pricing/
(2026-11). Lambda's time and what actions cost elsewhere are not known here and not counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil, inf
from typing import Any

from statewright import prices
from statewright.workflows.compiler.paths import NONE, Range, either, measure
from statewright.workflows.compiler.region import STOP
from statewright.workflows.compiler.scope import Loop
from statewright.workflows.compiler.values import ASL

TRANSITION = float(prices.TRANSITION)
LAMBDA_REQUEST = float(prices.LAMBDA_REQUEST)
EXPRESS_REQUEST = float(prices.EXPRESS_REQUEST)
EXPRESS_CHUNK = float(prices.EXPRESS_CHUNK)
EXPRESS_SECONDS = 300
LAMBDA_SECONDS = 900
"""What a function may take at most.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html
"""
_ANY_NUMBER = Range(0, inf)
_MOST = "most elements"


@dataclass(frozen=True, slots=True)
class Report:
    """What to expect of a run. None stands for what nothing bounds.

    ``transitions`` and ``invocations`` of functions are the least and the most while no action
    fails; ``worst`` is with every retry and every handler. ``seconds`` is the longest that a run
    can take, ``cost`` what 1,000 runs cost (USD) with the least and the most of both.
    """

    states: int
    transitions: tuple[int, int | None]
    invocations: tuple[int, int | None]
    worst: int | None
    seconds: int | None
    cost: tuple[float, float | None]
    express: str | None
    """Why it cannot be Express, or None: it can."""


def report(
    asl: ASL, loops: Mapping[str, Loop], express: bool, fans: Mapping[str, int] | None = None
) -> Report:
    """What a run of a machine takes.

    Args:
        fans: Maps whose lists have at most so many elements, though they are not written there.
    """
    calm, worst = (_Scope(loops, fans or {}, calm=calm) for calm in (True, False))
    transitions, invocations = calm.transitions(asl), calm.invocations(asl)
    seconds = min(worst.seconds(asl).most, asl.get("TimeoutSeconds", inf))
    return Report(
        _count(asl),
        _pair(transitions),
        _pair(invocations),
        _whole(worst.transitions(asl).most),
        _whole(ceil(seconds) if seconds < inf else inf),
        _cost(transitions, invocations, seconds, express),
        _not_express(asl, seconds),
    )


def _pair(found: Range) -> tuple[int, int | None]:
    return int(found.least), _whole(found.most)


def _whole(value: float) -> int | None:
    return None if value == inf else int(value)


def _cost(
    transitions: Range, invocations: Range, seconds: float, express: bool
) -> tuple[float, float | None]:
    of_calls = invocations.times(Range(LAMBDA_REQUEST, LAMBDA_REQUEST))
    of_states = transitions.times(Range(TRANSITION, TRANSITION))
    if express:
        most = prices.express_chunks(ceil(min(seconds, EXPRESS_SECONDS) * 1000))
        of_states = Range(EXPRESS_REQUEST + EXPRESS_CHUNK, EXPRESS_REQUEST + most * EXPRESS_CHUNK)
    whole = of_states.plus(of_calls).times(Range(1000, 1000))
    return round(whole.least, 6), None if whole.most == inf else round(whole.most, 6)


class _Scope:
    """Measures scopes: while nothing fails (``calm``), or with all that failing can bring."""

    def __init__(self, loops: Mapping[str, Loop], fans: Mapping[str, int], *, calm: bool):
        self._loops = loops
        self._fans = fans
        self._calm = calm

    # -- transitions --------------------------------------------------------------------------

    def transitions(self, scope: ASL) -> Range:
        """How many states are entered."""
        return self._ends(scope, self._entered)

    def _entered(self, state: ASL) -> Range:
        one = Range(1, 1)
        match state["Type"]:
            case "Parallel":
                inner = self._together(state["Branches"], self.transitions)
            case "Map":
                inner = self._rounds(state, self.transitions)
            case _:
                inner = NONE
        return one.plus(inner) if self._calm else one.plus(inner).times(_attempts(state))

    # -- calls of functions -------------------------------------------------------------------

    def invocations(self, scope: ASL) -> Range:
        """How many functions are called."""
        return self._ends(scope, self._called)

    def _called(self, state: ASL) -> Range:
        match state["Type"]:
            case "Parallel":
                return self._together(state["Branches"], self.invocations)
            case "Map":
                return self._rounds(state, self.invocations)
            case "Task" if ":lambda:" in state["Resource"]:
                return Range(1, 1)
            case _:
                return NONE

    # -- time ---------------------------------------------------------------------------------

    def seconds(self, scope: ASL) -> Range:
        """How long it takes at most; the least is not estimated."""
        return self._ends(scope, self._lasting)

    def _lasting(self, state: ASL) -> Range:
        match state["Type"]:
            case "Wait":
                once = state.get("Seconds", inf)
                once = once if isinstance(once, int | float) else inf
            case "Task":
                once = state.get("TimeoutSeconds", inf)
                if once == inf and state["Resource"].endswith(":lambda:invoke"):
                    once = LAMBDA_SECONDS
            case "Parallel":
                once = max(self.seconds(branch).most for branch in state["Branches"])
            case "Map":
                at_once = state.get("MaxConcurrency") or 1
                turns = inf if (most := _items(state).most) == inf else ceil(most / at_once)
                once = Range(0, turns).times(self.seconds(state["ItemProcessor"])).most
            case _:
                once = 0
        again = _attempts(state).most
        return Range(0, inf if inf in (once, again) else once * again + _pauses(state))

    # -- scopes and what is in them -----------------------------------------------------------

    def _ends(self, scope: ASL, cost: Any) -> Range:
        return either(self._measured(scope, cost, _is_end))

    def _measured(self, scope: ASL, cost: Any, wanted: Any) -> Iterator[Range]:
        states = {name: self._bounded(name, state) for name, state in scope["States"].items()}
        kept = {name: cost(state) for name, state in states.items()}
        edges = {name: list(self._targets(state)) for name, state in states.items()}
        for name, way in measure(scope["StartAt"], edges, kept.__getitem__, self._loops).items():
            if wanted(states[name]):
                yield way

    def _bounded(self, name: str, state: ASL) -> ASL:
        """A Map as if it went through as many elements as there are at most."""
        return {**state, _MOST: self._fans[name]} if name in self._fans else state

    def _targets(self, state: ASL) -> Iterator[str]:
        for rule in state.get("Choices", []):
            yield rule["Next"]
        for key in ("Default", "Next"):
            if key in state:
                yield state[key]
        for rule in state.get("Catch", []):
            # Steps that end the workflow leave a scope as an error, though nothing has failed.
            if not self._calm or (STOP in rule["ErrorEquals"] and _can_fail(state)):
                yield rule["Next"]

    def _together(self, branches: list[ASL], of: Any) -> Range:
        whole = NONE
        for branch in branches:
            whole = whole.plus(of(branch))
        early = any(map(_fails, branches))
        return Range(min(of(b).least for b in branches) if early else whole.least, whole.most)

    def _rounds(self, state: ASL, of: Any) -> Range:
        inner, items = of(state["ItemProcessor"]), _items(state)
        whole = items.times(inner)
        if _fails(state["ItemProcessor"]):
            return Range(min(whole.least, inner.least), whole.most)
        return whole


def _is_end(state: ASL) -> bool:
    return state["Type"] in {"Succeed", "Fail"} or state.get("End", False)


def _fails(scope: ASL) -> bool:
    """Whether a branch or iteration may end the others by a state of its own."""
    return any(s["Type"] == "Fail" or _can_fail(s) for s in scope["States"].values())


def _can_fail(state: ASL) -> bool:
    return any(_fails(scope) for scope in _scopes(state))


def _scopes(state: ASL) -> list[ASL]:
    return [*state.get("Branches", []), *filter(None, [state.get("ItemProcessor")])]


def _count(scope: ASL) -> int:
    states = scope["States"].values()
    return len(states) + sum(_count(inner) for state in states for inner in _scopes(state))


def _items(state: ASL) -> Range:
    if _MOST in state:
        return Range(0, state[_MOST])
    items = state.get("Items")
    return Range(len(items), len(items)) if isinstance(items, list) else _ANY_NUMBER


def _attempts(state: ASL) -> Range:
    """How often a state may be entered for being entered once."""
    return Range(1, 1 + sum(rule.get("MaxAttempts", 3) for rule in state.get("Retry", [])))


def _pauses(state: ASL) -> float:
    """The seconds between a state's attempts, where every one fails."""
    whole = 0.0
    for rule in state.get("Retry", []):
        pause = float(rule.get("IntervalSeconds", 1))
        for _ in range(rule.get("MaxAttempts", 3)):
            whole += min(pause, rule.get("MaxDelaySeconds", inf))
            pause *= rule.get("BackoffRate", 2.0)
    return whole


def _not_express(asl: ASL, seconds: float) -> str | None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html"""
    for name, state in _every(asl):
        resource = state.get("Resource", "")
        if resource.endswith((".waitForTaskToken", ".sync", ".sync:2")):
            return f"'{name}' waits for something outside, which Express executions cannot"
        if state.get("ItemProcessor", {}).get("ProcessorConfig", {}).get("Mode") == "DISTRIBUTED":
            return f"'{name}' runs its rounds as executions, which Express executions cannot"
    if seconds > EXPRESS_SECONDS:
        return "it may take more than the five minutes that an Express execution has"
    return None


def _every(scope: ASL) -> Iterator[tuple[str, ASL]]:
    for name, state in scope["States"].items():
        yield name, state
        for inner in _scopes(state):
            yield from _every(inner)
