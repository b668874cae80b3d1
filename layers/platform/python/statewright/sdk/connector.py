"""A connector as a class: methods with a decorator are operations, their types are their forms."""

from __future__ import annotations

import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, TypeAdapter

from statewright.sdk.http import Http

Item = TypeVar("Item")
Method = TypeVar("Method", bound=Callable[..., Any])
_MARK = "__statewright__"


class ConnectorError(Exception):
    """A failure that the connector tells of: ``Connector.Error`` in a workflow."""


class MisdeclaredError(TypeError):
    """The class is no connector as it stands; the sentence says where."""


class Polled(BaseModel, Generic[Item]):
    """What a poll found: items, and the cursor that the next poll gets."""

    items: list[Item]
    cursor: Any = None


class Connector:
    """Base of connectors. ``name`` is what ``use`` begins with; ``auth`` says what a connection for
    it begins with, as in the declarative form: ``{"token": {"kind": "bearer"}}``."""

    name: ClassVar[str] = ""
    title: ClassVar[str] = ""
    version: ClassVar[str] = "1"
    server: ClassVar[str] = ""
    auth: ClassVar[Mapping[str, Mapping[str, Any]]] = {}

    def __init__(self, http: Http):
        self.http = http

    @classmethod
    def handler(cls) -> Callable[[dict[str, Any], Any], dict[str, Any]]:
        """The Lambda entry point: ``handler = Shop.handler()`` at the end of the file."""
        from statewright.sdk.running import run

        return lambda event, _: run(cls, event)


@dataclass(frozen=True, slots=True)
class Mark:
    """What a decorator says of a method."""

    title: str
    polls: bool


def operation(title: str) -> Callable[[Method], Method]:
    """Makes a method an operation: ``def orders_list(self, wanted: ListOrders) -> Orders``."""
    return _marked(Mark(title, polls=False))


def polling(title: str) -> Callable[[Method], Method]:
    """Makes a method what a poll asks: ``def new_orders(self, cursor: …) -> Polled[Order]``.

    The cursor is None at first, and then what the last poll gave: ``str | None``, for example.
    """
    return _marked(Mark(title, polls=True))


def _marked(mark: Mark) -> Callable[[Method], Method]:
    def decorate(method: Method) -> Method:
        setattr(method, _MARK, mark)
        return method

    return decorate


@dataclass(frozen=True, slots=True)
class Declared:
    """An operation of a class: its method's name, and what it takes and gives.

    ``inputs`` is a model's class, or for a poll the cursor's type.
    """

    name: str
    title: str
    description: str
    polls: bool
    inputs: Any
    result: TypeAdapter[Any]


def declared(connector: type[Connector]) -> dict[str, Declared]:
    """The operations of a class, by name.

    Raises:
        MisdeclaredError: one of them has no types, or others than it needs.
    """
    found = {}
    for name in dir(connector):
        method = getattr(connector, name)
        mark = getattr(method, _MARK, None)
        if isinstance(mark, Mark):
            found[name] = _declared(name, method, mark)
    if not found:
        raise MisdeclaredError(f"{connector.__name__} has no operation: put @operation on a method")
    return found


def _declared(name: str, method: Any, mark: Mark) -> Declared:
    hints = typing.get_type_hints(method)
    result = hints.pop("return", None)
    if len(hints) != 1 or result is None:
        shape = (
            "(self, cursor: …) -> Polled[…]" if mark.polls else "(self, wanted: Model) -> Result"
        )
        raise MisdeclaredError(f"{name} has to be written as def {name}{shape}")
    (taken,) = hints.values()
    if not mark.polls and not (isinstance(taken, type) and issubclass(taken, BaseModel)):
        raise MisdeclaredError(f"{name} has to take a pydantic model, which is its form")
    if mark.polls and not (isinstance(result, type) and issubclass(result, Polled)):
        raise MisdeclaredError(f"{name} has to give Polled[…]: its items and a cursor")
    words = (method.__doc__ or "").strip()
    return Declared(name, mark.title, words, mark.polls, taken, TypeAdapter(result))
