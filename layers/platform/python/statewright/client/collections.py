"""Nouns of the API that are all handled alike: listed, made, read, replaced, changed, deleted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Generic, TypeVar
from urllib.parse import quote

from pydantic import BaseModel

from statewright.client.transport import Transport

Item = TypeVar("Item", bound=BaseModel)
Shown = TypeVar("Shown", bound=BaseModel)
Content = BaseModel | Mapping[str, Any]
"""What is sent: a model of the service's, or the same as a dictionary."""


def pages(transport: Transport, path: str, **query: Any) -> Iterator[Any]:
    """Everything that a list has, read page by page."""
    cursor = None
    while True:
        page = transport.send("GET", path, **query, cursor=cursor)
        if isinstance(page, list):  # a list that has no pages
            yield from page
            return
        yield from page["items"]
        cursor = page["next"]
        if cursor is None:
            return


class Resource:
    """A noun of the API at its path."""

    path: ClassVar[str]

    def __init__(self, transport: Transport):
        self._transport = transport

    def _at(self, *parts: str) -> str:
        return "/".join([self.path, *(quote(part, safe="") for part in parts)])


class Listed(Resource, Generic[Item]):
    """Can be listed."""

    item: type[Item]

    def list(self, **filters: Any) -> Iterator[Item]:
        """All of them, as far as the operation's own filters let them through."""
        for found in pages(self._transport, self.path, **filters):
            yield self.item.model_validate(found)


class Made(Resource, Generic[Shown]):
    """Can be made."""

    shown: type[Shown]

    def create(self, content: Content) -> Shown:
        """Makes one."""
        return self.shown.model_validate(self._transport.send("POST", self.path, plain(content)))


class Read(Resource, Generic[Shown]):
    """Can be read one by one."""

    shown: type[Shown]

    def get(self, id: str) -> Shown:
        """One, by its id."""
        return self.shown.model_validate(self._transport.send("GET", self._at(id)))


class Replaced(Resource, Generic[Shown]):
    """Can be replaced."""

    shown: type[Shown]

    def replace(self, id: str, content: Content) -> Shown:
        """Makes one what is given."""
        found = self._transport.send("PUT", self._at(id), plain(content))
        return self.shown.model_validate(found)


class Changed(Resource, Generic[Shown]):
    """Can be changed in parts."""

    shown: type[Shown]

    def change(self, id: str, content: Content) -> Shown:
        """Changes what is given, and nothing else."""
        found = self._transport.send("PATCH", self._at(id), plain(content))
        return self.shown.model_validate(found)


class Deleted(Resource):
    """Can be deleted."""

    def delete(self, id: str) -> None:
        """Deletes one."""
        self._transport.send("DELETE", self._at(id))


def plain(content: Content) -> dict[str, Any]:
    """A body as JSON has it; of a model, only what was set."""
    if isinstance(content, BaseModel):
        return content.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return dict(content)
