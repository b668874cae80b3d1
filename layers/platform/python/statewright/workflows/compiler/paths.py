"""Shortest and longest ways through the states of one scope, loops included.

Compiled loops have one head and a known number of rounds, so a cycle is measured as its rounds
and collapsed; what is left has no cycles and is measured in its topological order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from graphlib import TopologicalSorter
from math import inf
from typing import NamedTuple

from statewright.workflows.compiler.scope import Loop


class Range(NamedTuple):
    """The least and the most of something; ``most`` is infinite where nothing bounds it."""

    least: float
    most: float

    def plus(self, other: Range) -> Range:
        """One after the other."""
        return Range(self.least + other.least, self.most + other.most)

    def times(self, other: Range) -> Range:
        """Again and again. No times anything is nothing, even where that is unbounded."""
        most = self.most * other.most if self.most and other.most else 0
        return Range(self.least * other.least, most)


NONE = Range(0, 0)
Edges = Mapping[str, Iterable[str]]
_ONCE_OR_MORE = Loop("", 0, -1)


def either(ranges: Iterable[Range]) -> Range:
    """One of several; there must be one."""
    found = list(ranges)
    return Range(min(r.least for r in found), max(r.most for r in found))


def measure(
    start: str, edges: Edges, cost: Callable[[str], Range], loops: Mapping[str, Loop]
) -> dict[str, Range]:
    """For each state that can be reached: what the way to it costs, itself included.

    Args:
        edges: the states that may follow each.
        cost: of being in a state once.
        loops: by the state that is their head.
    """
    return _Measuring(edges, cost, loops).within(set(edges), start)


class _Measuring:
    def __init__(self, edges: Edges, cost: Callable[[str], Range], loops: Mapping[str, Loop]):
        self._edges = {name: list(dict.fromkeys(targets)) for name, targets in edges.items()}
        self._cost = cost
        self._loops = loops

    def within(self, names: set[str], start: str) -> dict[str, Range]:
        """Ways from ``start`` through the given states that do not come back to it."""
        inner = {n: [t for t in self._edges[n] if t in names and t != start] for n in names}
        inner = _reachable(inner, start)
        sources: dict[str, list[str]] = {name: [] for name in inner}
        for name, targets in inner.items():
            for target in targets:
                sources[target].append(name)
        groups = {name: group for group in _cycles(inner) for name in group}
        before: dict[frozenset[str], set[frozenset[str]]] = {
            group: {groups[n] for name in group for n in sources[name]} - {group}
            for group in groups.values()
        }
        found: dict[str, Range] = {}
        for group in TopologicalSorter(before).static_order():
            for head, arriving in _entries(group, sources, start, found):
                for name, way in self._through(group, head, inner).items():
                    whole = arriving.plus(way)
                    found[name] = either([found[name], whole]) if name in found else whole
        return found

    def _through(
        self, group: frozenset[str], head: str, inner: dict[str, list[str]]
    ) -> dict[str, Range]:
        """Ways from a group's head to each of its states, after all of the group's rounds."""
        if len(group) == 1 and head not in inner[head]:
            return {head: self._cost(head)}
        ways = self.within(set(group), head)
        loop = self._loops.get(head, _ONCE_OR_MORE)
        one = either(ways[name] for name in ways if head in inner[name])
        most = inf if loop.most < 0 else loop.most
        rounds = {n: Range(loop.least if n == loop.tail else 0, most).times(one) for n in ways}
        return {name: rounds[name].plus(way) for name, way in ways.items()}


def _entries(
    group: frozenset[str], sources: dict[str, list[str]], start: str, found: dict[str, Range]
) -> list[tuple[str, Range]]:
    """The states through which ways come into a group, and what they cost until then."""
    if start in group:
        return [(start, NONE)]
    from_outside = {n: [found[s] for s in sources[n] if s not in group] for n in sorted(group)}
    return [(name, either(ways)) for name, ways in from_outside.items() if ways]


def _reachable(edges: dict[str, list[str]], start: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = edges[name]
            waiting += edges[name]
    return found


def _cycles(edges: dict[str, list[str]]) -> list[frozenset[str]]:
    """The strongly connected components (Tarjan), each a set of names; most have one."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: dict[str, None] = {}
    groups: list[frozenset[str]] = []
    for root, first in edges.items():
        walk = [] if root in number else [(root, iter(first))]
        while walk:
            name, targets = walk[-1]
            if name not in number:
                number[name] = low[name] = len(number)
                stack[name] = None
            target = next(targets, None)
            if target is None:
                walk.pop()
                _close(name, number, low, stack, groups)
                if walk:
                    above = walk[-1][0]
                    low[above] = min(low[above], low[name])
            elif target not in number:
                walk.append((target, iter(edges[target])))
            elif target in stack:
                low[name] = min(low[name], number[target])
    return groups


def _close(
    name: str,
    number: dict[str, int],
    low: dict[str, int],
    stack: dict[str, None],
    groups: list[frozenset[str]],
) -> None:
    if low[name] == number[name]:
        group = [stack.popitem()[0]]
        while group[-1] != name:
            group.append(stack.popitem()[0])
        groups.append(frozenset(group))
