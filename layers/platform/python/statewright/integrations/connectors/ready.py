"""The connectors that everybody has: declarations beside this module, read when they are used."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

from statewright.integrations.connectors import acting
from statewright.integrations.connectors.declared import declared
from statewright.integrations.connectors.model import Operation
from statewright.integrations.openapi.documents import parse
from statewright.integrations.openapi.importing import Imported
from statewright.workflows.actions.action import Action


@lru_cache(maxsize=1)
def connectors() -> tuple[str, ...]:
    """The names of all ready connectors."""
    folder = resources.files(__package__).joinpath("declarations")
    return tuple(
        sorted(f.name.removesuffix(".yaml") for f in folder.iterdir() if f.name.endswith(".yaml"))
    )


@lru_cache(maxsize=32)
def connector(name: str) -> Imported | None:
    """A ready connector; None, if there is none of that name."""
    if name not in connectors():
        return None
    file = resources.files(__package__).joinpath("declarations", f"{name}.yaml")
    return declared(parse(file.read_bytes(), file.name))[1]


def find(name: str) -> tuple[str, Operation] | None:
    """The server and the operation that an action's name stands for."""
    wanted, operation, every = acting.parted(name)
    found = connector(wanted)
    for one in found.operations if found else ():
        if one.name == operation and (one.paging or not every):
            return (found.servers[0]["url"] if found else ""), one
    return None


def action(name: str) -> Action | None:
    """The action of a ready connector's operation."""
    found = find(name)
    return None if found is None else acting.action_of(name, found[1], {})


def names(name: str) -> list[str]:
    """The actions of a ready connector."""
    found = connector(name)
    return [f"{name}.{one.name}" for one in found.operations] if found else []
