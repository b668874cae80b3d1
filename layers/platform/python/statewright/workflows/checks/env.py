"""Names in reach, and how paths that meet again put theirs together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from statewright.workflows.checks.inference import Env, Known
from statewright.workflows.checks.types import NULL, TEXT, either, record

ERROR = Known(record({"name": TEXT, "cause": TEXT}))
"""An error, as handlers see it."""


@dataclass(frozen=True, slots=True)
class After:
    """What is in reach behind a step; ``ends`` where nothing comes behind it."""

    env: Env
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a step stands: its pointer, what is in reach, and which errors somebody handles."""

    at: str
    env: Env
    handled: frozenset[str] = frozenset()

    def below(self, path: str, env: Env | None = None) -> Place:
        """A place below this one."""
        return replace(self, at=self.at + path, env=self.env if env is None else env)

    def handling(self, names: Iterable[str]) -> Place:
        """This place inside something that handles errors."""
        return replace(self, handled=self.handled | set(names))


def sometimes(env: Env, other: Env, names: Iterable[str], when: str) -> Env:
    """``env``, where names may as well be what they are in ``other``, or null."""
    found = dict(env)
    for name in names:
        if name in env:
            before = other[name].type if name in other else NULL
            reason = env[name].sometimes or when
            found[name] = Known(either(env[name].type, before, NULL), reason)
    return found


def restored(env: Env, before: Env, name: str) -> Env:
    """``env`` with a name as it was before."""
    found = {key: known for key, known in env.items() if key != name}
    return {**found, name: before[name]} if name in before else found


def joined(ends: list[After], before: Env, when: str) -> After:
    """Behind paths of which one is taken: what only some of them set may be null."""
    going_on = [after.env for after in ends if not after.ends]
    paths = going_on or [after.env for after in ends]
    found: dict[str, Known] = {}
    for name in {name: None for env in paths for name in env}:
        known = [env[name] for env in paths if name in env]
        reasons = [one.sometimes for one in known if one.sometimes]
        everywhere = len(known) == len(paths)
        kind = either(*(one.type for one in known), *([] if everywhere else [NULL]))
        reason = "" if everywhere and not reasons else (reasons[0] if reasons else when)
        found[name] = Known(kind, reason)
    # What only ended paths have set is known, and null.
    for after in ends:
        for name in after.env.keys() - found.keys() - before.keys():
            found[name] = Known(NULL, when)
    return After(found, ends=not going_on)
