"""All the documents of a description, and what references in them lead to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import unquote, urldefrag, urljoin

from statewright.integrations.openapi.documents import DocumentError, Load, parse

MOST_HOPS = 50


class Spot(NamedTuple):
    """A value, with the document and the pointer that it is at: references start from there."""

    value: Any
    uri: str
    pointer: str

    def under(self, *keys: Any) -> Spot:
        """What is below, or None."""
        value, pointer = self.value, self.pointer
        for key in keys:
            if isinstance(value, dict):
                value = value.get(key)
            elif isinstance(value, list) and isinstance(key, int) and key < len(value):
                value = value[key]
            else:
                value = None
            pointer = f"{pointer}/{escaped(str(key))}"
        return Spot(value, self.uri, pointer)

    def items(self) -> Iterator[tuple[str, Spot]]:
        """What is directly below an object."""
        if isinstance(self.value, dict):
            for key in self.value:
                yield key, self.under(key)

    def elements(self) -> Iterator[Spot]:
        """The elements of an array."""
        if isinstance(self.value, list):
            for index in range(len(self.value)):
                yield self.under(index)

    def get(self, key: str, default: Any = None) -> Any:
        """A plain value below."""
        return self.value.get(key, default) if isinstance(self.value, dict) else default

    def text(self, key: str) -> str:
        """A text below, or an empty one."""
        found = self.get(key)
        return found if isinstance(found, str) else ""


class BrokenReferenceError(Exception):
    """A reference leads nowhere (the document's fault)."""


def escaped(key: str) -> str:
    """A part of a JSON pointer (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")


class Library:
    """Documents by URI, read when something refers to them."""

    def __init__(self, load: Load):
        self._load = load
        self._documents: dict[str, Any] = {}
        self._named: dict[str, dict[str, str]] = {}

    def root(self, uri: str) -> Spot:
        """A whole document.

        Raises:
            DocumentError: it cannot be had or read.
        """
        if uri not in self._documents:
            self._documents[uri] = parse(self._load(uri), uri.rpartition("/")[2])
        return Spot(self._documents[uri], uri, "")

    @property
    def size(self) -> int:
        """How many documents were read."""
        return len(self._documents)

    def follow(self, spot: Spot) -> Spot:
        """What a spot refers to, through any number of references; itself, if it refers nowhere.

        Raises:
            BrokenReferenceError: the reference leads nowhere, or in a circle.
        """
        for _ in range(MOST_HOPS):
            reference = spot.get("$ref")
            if not isinstance(reference, str):
                return spot
            spot = self.target(spot, reference)
        raise BrokenReferenceError(f"the reference at {spot.pointer} leads in a circle")

    def target(self, spot: Spot, reference: str) -> Spot:
        """What one reference leads to."""
        uri, fragment = urldefrag(urljoin(spot.uri, reference))
        try:
            found = self.root(uri or spot.uri)
        except DocumentError as error:
            raise BrokenReferenceError(f"'{reference}' cannot be followed: {error}") from None
        if fragment and not fragment.startswith("/"):
            return self._anchored(found, unquote(fragment), reference)
        for part in fragment.split("/")[1:]:
            key = unquote(part).replace("~1", "/").replace("~0", "~")
            here: Any = int(key) if isinstance(found.value, list) and key.isdecimal() else key
            found = found.under(here)
            if found.value is None:
                raise BrokenReferenceError(f"'{reference}' leads nowhere")
        return found

    def _anchored(self, root: Spot, name: str, reference: str) -> Spot:
        if root.uri not in self._named:
            self._named[root.uri] = dict(_anchors(root.value, ""))
        pointer = self._named[root.uri].get(name)
        if pointer is None:
            raise BrokenReferenceError(f"'{reference}' leads nowhere")
        return self.target(root, f"#{pointer}")


def _anchors(value: Any, pointer: str) -> Iterator[tuple[str, str]]:
    """Every ``$anchor`` of a document, with its pointer."""
    waiting = [(value, pointer)]
    while waiting:
        value, pointer = waiting.pop()
        if isinstance(value, dict):
            for keyword in ("$anchor", "$dynamicAnchor"):
                if isinstance(value.get(keyword), str):
                    yield value[keyword], pointer
            waiting += [(v, f"{pointer}/{escaped(k)}") for k, v in value.items()]
        elif isinstance(value, list):
            waiting += [(v, f"{pointer}/{i}") for i, v in enumerate(value)]
