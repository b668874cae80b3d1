"""All actions by name: the built-in ones, ready connectors', AWS's, and a workspace's own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from statewright.workflows.actions.action import Action
from statewright.workflows.actions.catalog import CATALOG


class KnownActions(Mapping[str, Action]):
    """Looks actions up where they are kept.

    Going through it gives the built-in ones: all of AWS's and of a large connector's are too many,
    and have a search of their own.
    """

    def __init__(self, own: Mapping[str, Action] | None = None, near: Iterable[str] = ()):
        self._own, self._near = own or {}, list(near)

    def __getitem__(self, name: str) -> Action:
        found = self._own.get(name) or CATALOG.get(name) or _elsewhere(name)
        if found is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(CATALOG)

    def __len__(self) -> int:
        return len(CATALOG)

    def similar(self, name: str) -> list[str]:
        """The names that a wrong one may have meant."""
        from statewright.integrations.connectors import ready
        from statewright.workflows.actions import aws

        if name.startswith("aws."):
            return aws.similar(name)
        return [*CATALOG, *self._own, *self._near, *ready.names(name.partition(".")[0])]


def similar(actions: Mapping[str, Action], name: str) -> Iterable[str]:
    """The names that a wrong one may have meant."""
    return actions.similar(name) if isinstance(actions, KnownActions) else actions


def _elsewhere(name: str) -> Action | None:
    """Imported where it is needed: most functions never use a connector."""
    if name.startswith("aws."):
        from statewright.workflows.actions import aws

        return aws.action(name)
    from statewright.integrations.connectors import ready

    return ready.action(name) if "." in name else None
