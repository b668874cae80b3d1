"""The source files that a module needs of this package, and the libraries that these need.

Found in the modules' own import statements, those at the top: what is imported inside a function is
for cases that an exported workflow does not have.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import packages_distributions, version
from pathlib import Path

import statewright

_NAME = statewright.__name__
_ROOT = Path(statewright.__file__).parents[1]
_GIVEN = frozenset({"boto3", "botocore"})
"""What Lambda's Python has already."""


@dataclass(frozen=True, slots=True)
class Vendored:
    """Files by their path below the function's folder, and lines of its requirements.txt."""

    files: dict[str, str]
    requirements: tuple[str, ...]


def vendored(modules: Iterable[str]) -> Vendored:
    """Everything that some modules need to be imported."""
    files: dict[str, str] = {}
    libraries: set[str] = set()
    waiting = list(modules)
    while waiting:
        file = _file_of(waiting.pop())
        path = None if file is None else file.relative_to(_ROOT).as_posix()
        if file is None or path is None or path in files:
            continue
        files[path] = file.read_text()
        for name in _imported(files[path]):
            if name.partition(".")[0] == _NAME:
                waiting += _with_parents(name)
            else:
                libraries.add(name.partition(".")[0])
    return Vendored(dict(sorted(files.items())), _requirements(libraries))


def _file_of(module: str) -> Path | None:
    """A module's file; None for a name in a module."""
    base = _ROOT / module.replace(".", "/")
    for file in (base.with_suffix(".py"), base / "__init__.py"):
        if file.is_file():
            return file
    return None


def _with_parents(name: str) -> Iterator[str]:
    parts = name.split(".")
    for end in range(1, len(parts) + 1):
        yield ".".join(parts[:end])


def _imported(source: str) -> Iterator[str]:
    for statement in ast.parse(source).body:
        match statement:
            case ast.Import(names=names):
                yield from (each.name for each in names)
            case ast.ImportFrom(module=str(module), names=names):
                yield module
                yield from (f"{module}.{each.name}" for each in names)


def _requirements(libraries: set[str]) -> tuple[str, ...]:
    owners = packages_distributions()
    found = {
        owner
        for library in libraries - _GIVEN - set(sys.stdlib_module_names)
        for owner in owners.get(library, ())
    }
    return tuple(f"{owner}=={version(owner)}" for owner in sorted(found - _GIVEN))
