"""The templates, read from the files beside this module, once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from statewright.errors import NotFoundError
from statewright.workflows.parsing import read_yaml


@dataclass(frozen=True, slots=True)
class Entry:
    """A template. ``runs`` are sample inputs with what comes of them."""

    id: str
    title: str
    summary: str
    category: str
    tags: tuple[str, ...]
    documentation: str
    outcome: str
    form: dict[str, Any]
    values: dict[str, Any]
    runs: tuple[dict[str, Any], ...]
    workflow: dict[str, Any]


@lru_cache(maxsize=1)
def entries() -> tuple[Entry, ...]:
    """All templates, by category and title."""
    folder = resources.files(__package__).joinpath("templates")
    found = [
        _entry(file.name.removesuffix(".yaml"), read_yaml(file.read_text()))
        for file in folder.iterdir()
        if file.name.endswith(".yaml")
    ]
    return tuple(sorted(found, key=lambda entry: (entry.category, entry.title)))


def _entry(name: str, content: dict[str, Any]) -> Entry:
    return Entry(
        id=name, **{**content, "tags": tuple(content["tags"]), "runs": tuple(content["runs"])}
    )


def find(name: str) -> Entry:
    """A template.

    Raises:
        NotFoundError: there is none of that name.
    """
    for entry in entries():
        if entry.id == name:
            return entry
    raise NotFoundError("There is no such template.")
