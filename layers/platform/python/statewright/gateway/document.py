"""The API's OpenAPI document, as it was made of the functions (`statewright openapi`)."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from statewright.errors import UnavailableError
from statewright.settings import settings

FILE = Path(__file__).with_name("openapi.json")
"""Made by `make openapi`, by deployments and by the local server; not in the repository."""
_METHODS = ("get", "post", "put", "patch", "delete")


def text() -> str:
    """The document.

    Raises:
        UnavailableError: it has not been made yet.
    """
    return _read(_age())


def served() -> str:
    """The document, saying where this deployment is."""
    return _served(_age(), settings().base_url)


def methods_of(path: str) -> list[str]:
    """The methods that an address has, by its route: ``/v1/workflows/{workflow_id}``."""
    item = _paths(_age()).get(path, {})
    found = [method.upper() for method in _METHODS if method in item]
    if "get" in item and not item["get"].get("x-unsafe"):
        found.insert(1, "HEAD")
    return [*found, "OPTIONS"]


def _age() -> int:
    try:
        return FILE.stat().st_mtime_ns
    except FileNotFoundError:
        raise UnavailableError("The API's description is being made.") from None


@lru_cache(maxsize=1)
def _served(age: int, url: str) -> str:
    return json.dumps(json.loads(_read(age)) | {"servers": [{"url": url}]})


@lru_cache(maxsize=1)
def _read(age: int) -> str:
    return FILE.read_text()


@lru_cache(maxsize=1)
def _paths(age: int) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_read(age))["paths"]
    return found
