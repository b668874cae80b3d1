"""Documents as values: JSON and YAML 1.2, each read once, from wherever the whole comes from.

YAML is read by its core schema (https://yaml.org/spec/1.2.2/#103-core-schema), which OpenAPI asks
for: ``on`` and ``no`` are words, dates are text, and every key is text.
"""

from __future__ import annotations

import gzip
import io
import json
import math
import re
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

import yaml

MOST_BYTES = 100_000_000
MOST_DEPTH = 200
Load = Callable[[str], bytes]
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    OSError,
    EOFError,
)
"""What a broken archive is read with."""


class DocumentError(Exception):
    """A document cannot be had or read (the document's fault)."""


class _Reader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML's core schema only."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[str, Any]:
        """A mapping whose keys are text."""
        found = super().construct_mapping(node, deep)
        return {_key(key): value for key, value in found.items()}


def _key(key: Any) -> str:
    if isinstance(key, str):
        return key
    return json.dumps(key) if isinstance(key, bool | int | float | None) else str(key)


_Reader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    (
        "float",
        r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        "-+0123456789.",
    ),
    ("merge", "<<", "<"),
):
    _Reader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), list(_first)
    )


def _int(reader: Any, node: Any) -> int:
    text = reader.construct_scalar(node)
    plain = text.lstrip("+-")
    base = 8 if plain.startswith("0o") else 16 if plain.startswith("0x") else 10
    return int(text.replace("0o", "", 1) if base == 8 else text, base)


def _float(reader: Any, node: Any) -> float | str:
    text = reader.construct_scalar(node)
    value = float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    return value if math.isfinite(value) else str(text)


_Reader.add_constructor("tag:yaml.org,2002:int", _int)
_Reader.add_constructor("tag:yaml.org,2002:float", _float)
_Reader.add_constructor("tag:yaml.org,2002:timestamp", lambda r, n: r.construct_scalar(n))


def parse(content: bytes, name: str) -> Any:
    """A document's value.

    Raises:
        DocumentError: it is neither JSON nor YAML, or too large.
    """
    if content[:2] == b"\x1f\x8b":
        content = _unpacked(content, name)
    if len(content) > MOST_BYTES:
        raise DocumentError(f"{name} is larger than {MOST_BYTES:,} bytes")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DocumentError(f"{name} is not UTF-8 text") from None
    try:
        if text.lstrip()[:1] in {"{", "["}:
            return json.loads(text)
    except (ValueError, RecursionError):
        pass  # YAML's flow style begins alike
    try:
        _refuse_depth(text, name)
        return yaml.load(text, _Reader)  # noqa: S506 - a safe loader underneath
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        raise DocumentError(f"{name} is neither JSON nor YAML: {_short(error)}") from None


def _refuse_depth(text: str, name: str) -> None:
    """libyaml goes down a level of the C stack for each level of a document, until it ends."""
    if _might_be_deep(text):
        depth = 0
        for event in yaml.parse(text, _Reader):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth > MOST_DEPTH:
                raise DocumentError(f"{name} is nested more than {MOST_DEPTH} levels deep")


def _might_be_deep(text: str) -> bool:
    """Whether levels could be many: brackets inside texts count here too, so it is a suspicion."""
    if any(len(match[0]) > MOST_DEPTH for match in re.finditer(r"^[ \t?:-]+", text, re.MULTILINE)):
        return True
    depth = 0
    for match in re.finditer(r"[\[\]{}]", text):
        depth += 1 if match[0] in "[{" else -1 if depth else 0
        if depth > MOST_DEPTH:
            return True
    return False


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:300]


def _unpacked(content: bytes, name: str) -> bytes:
    try:
        with gzip.open(io.BytesIO(content)) as packed:
            return packed.read(MOST_BYTES + 1)
    except (OSError, EOFError) as error:
        raise DocumentError(f"{name} cannot be unpacked: {error}") from None


def from_disk(uri: str) -> bytes:
    """A document of this machine: JSON or YAML files only."""
    parts = urlsplit(uri)
    path = Path(url2pathname(parts.path))
    if parts.scheme != "file" or not re.fullmatch(r"(?i).*\.(json|ya?ml)(\.gz)?", path.name):
        raise DocumentError(f"{uri} is no JSON or YAML file of this machine")
    try:
        if path.stat().st_size > MOST_BYTES:
            raise DocumentError(f"{path} is larger than {MOST_BYTES:,} bytes")
        return path.read_bytes()
    except OSError as error:
        raise DocumentError(f"{path}: {error.strerror}") from None


def from_files(files: Mapping[str, bytes]) -> Load:
    """Documents that came together: a single one, or those of an archive."""

    def load(uri: str) -> bytes:
        path = unquote(urlsplit(uri).path).lstrip("/")
        if urlsplit(uri).scheme != "file" or path not in files:
            raise DocumentError(f"{path or uri} is not among the documents")
        return files[path]

    return load


def unzip(content: bytes) -> dict[str, bytes]:
    """The documents of a ZIP archive, by path; bounded, and nothing is written anywhere.

    Raises:
        DocumentError: it is no archive, or more than :data:`MOST_BYTES` come out of it.
    """
    found: dict[str, bytes] = {}
    left = MOST_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.infolist():
                if not re.search(r"(?i)\.(json|ya?ml)$", entry.filename):
                    continue
                with archive.open(entry) as packed:
                    data = packed.read(left + 1)
                left -= len(data)
                if left < 0:
                    raise DocumentError(f"the archive holds more than {MOST_BYTES:,} bytes")
                found[entry.filename.lstrip("/")] = data
    except _UNREADABLE as error:
        raise DocumentError(f"the archive cannot be read: {error}") from None
    return found
