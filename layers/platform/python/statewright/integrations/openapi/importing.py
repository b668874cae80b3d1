"""A description to a connector: every operation that can be read, and what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from statewright.integrations.connectors.model import Operation, Schema
from statewright.integrations.openapi import dialects, security
from statewright.integrations.openapi.documents import DocumentError, Load
from statewright.integrations.openapi.inputs import Inputs
from statewright.integrations.openapi.library import BrokenReferenceError, Library, Spot
from statewright.integrations.openapi.pages import paging_of
from statewright.integrations.openapi.results import Results
from statewright.integrations.openapi.schemas import Schemas, TooLargeError

MOST_PROBLEMS = 1_000
MOST_OPERATIONS = 20_000
MOST_NAME = 80


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that the document has wrong. ``fatal``: an operation is missing for it."""

    place: str
    detail: str
    fatal: bool = False


@dataclass(slots=True)
class Imported:
    """What a document came to."""

    title: str
    version: str
    dialect: str
    description: str
    servers: list[dict[str, Any]]
    security: dict[str, dict[str, Any]]
    operations: list[Operation] = field(default_factory=list)
    definitions: dict[str, Schema] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    total: int = 0
    documents: int = 1


def import_document(
    load: Load, uri: str, progress: Callable[[int, int], None] | None = None
) -> Imported:
    """Reads a description.

    Args:
        load: gives the document at a URI: the one at ``uri``, and those that it refers to.
        progress: is told how many operations of how many are done.

    Raises:
        DocumentError: it is no description, or cannot be read at all.
    """
    library = Library(load)
    root = library.root(uri)
    dialect = dialects.version(root)
    if not dialect:
        raise DocumentError("it is neither OpenAPI 3 nor Swagger 2.0: it has no such version")
    return _Import(library, root, dialect).run(progress or _silent)


def _silent(done: int, total: int) -> None:
    """Nobody watches."""


class _Import:
    def __init__(self, library: Library, root: Spot, dialect: str):
        self._library, self._root = library, root
        info = root.under("info")
        self._found = Imported(
            info.text("title") or "Untitled",
            str(info.get("version", "")),
            dialect,
            info.text("description")[:2_000],
            dialects.servers(root, root, root.uri),
            security.schemes(root, library),
        )
        self._schemas = Schemas(library, self._report)
        self._inputs = Inputs(root, library, self._schemas, self._report)
        self._results = Results(root, library, self._schemas)
        self._names: set[str] = set()

    def run(self, progress: Callable[[int, int], None]) -> Imported:
        """Reads all operations."""
        waiting = list(self._operations())
        self._found.total += len(waiting)
        if len(waiting) > MOST_OPERATIONS:
            raise DocumentError(f"it has more than {MOST_OPERATIONS:,} operations")
        try:
            for done, (path, item, method, spot) in enumerate(waiting):
                self._one(path, item, method, spot)
                progress(done + 1, len(waiting))
            self._schemas.finish()
        except TooLargeError as error:
            raise DocumentError(str(error)) from None
        self._found.definitions = self._schemas.definitions
        self._found.documents = self._library.size
        return self._found

    def _operations(self) -> Iterator[tuple[str, Spot, str, Spot]]:
        for path, found in self._root.under("paths").items():
            if not path.startswith("/"):
                if not path.startswith("x-"):
                    self._report(found, "the path does not begin with '/'")
                continue
            try:
                item = self._library.follow(found)
            except BrokenReferenceError as error:
                self._report(found, str(error), fatal=True)
                self._found.total += 1
                continue
            for method in dialects.METHODS:
                spot = item.under(method)
                if spot.value is not None:
                    yield path, item, method, spot

    def _one(self, path: str, item: Spot, method: str, spot: Spot) -> None:
        try:
            operation = self._read(path, item, method, self._library.follow(spot))
        except BrokenReferenceError as error:
            self._report(spot, str(error), fatal=True)
            return
        self._found.operations.append(operation)

    def _read(self, path: str, item: Spot, method: str, spot: Spot) -> Operation:
        if not isinstance(spot.value, dict):
            raise BrokenReferenceError("is no operation")
        required = security.required(self._root, spot)
        form = self._inputs.of(item, spot, path, secured=bool(required))
        result, accept, headers = self._results.of(spot)
        schema = form.schema()
        queried: Schema = {p.field: {} for p in form.parameters if p.place == "query"} | (
            form.properties if form.spread and method == "post" else {}
        )
        paging = paging_of(queried, result, headers, self._schemas.resolved)
        own = [
            *dialects.servers(self._root, spot, self._root.uri),
            *dialects.servers(self._root, item, self._root.uri),
        ]
        return Operation(
            name=self._name(spot.text("operationId"), method, path),
            title=spot.text("summary") or _words(spot.text("operationId")) or f"{method} {path}",
            method=method.upper(),
            path=path,
            inputs=schema,
            result=result,
            description=spot.text("description")[:1_000],
            tags=tuple(t for t in spot.get("tags") or () if isinstance(t, str)),
            deprecated=spot.get("deprecated") is True,
            server=dialects.server_url(own[0]) if own else "",
            parameters=tuple(form.parameters),
            bodies=tuple(form.bodies),
            spread=form.spread,
            accept=accept,
            paging=paging,
            security=required,
        )

    def _name(self, operation_id: str, method: str, path: str) -> str:
        """A name for ``use``: the operation's id in letters, digits and underscores."""
        text = operation_id or f"{method}_{path}"
        wanted = re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_")[:MOST_NAME] or method
        if wanted[0].isdigit():
            wanted = f"{method}_{wanted}"
        name, number = wanted, 1
        while name in self._names:
            number += 1
            name = f"{wanted}_{number}"
        self._names.add(name)
        return name

    def _report(self, spot: Spot, detail: str, *, fatal: bool = False) -> None:
        if len(self._found.problems) < MOST_PROBLEMS:
            document = "" if spot.uri == self._root.uri else spot.uri.rpartition("/")[2]
            self._found.problems.append(Problem(f"{document}#{spot.pointer}", detail, fatal))


def _words(name: str) -> str:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[_/.-]+", " ", name).strip()
    return spaced[:1].upper() + spaced[1:]
