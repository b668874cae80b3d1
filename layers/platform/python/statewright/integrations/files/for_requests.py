"""The workspace's files, as steps that call APIs send them and keep answers in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from statewright.aws import objects
from statewright.integrations.files import keeping, store
from statewright.integrations.files.making import Written
from statewright.integrations.files.step import named
from statewright.integrations.messages import Source

IN_MEMORY = 10_000_000
_PIECE = 262_144


@dataclass(frozen=True, slots=True)
class RequestFiles:
    """The files of a workspace, for one step: what it keeps is its own to keep again."""

    workspace_id: str
    key: str

    def content(self, name: str) -> tuple[bytes | Source, str]:
        """A file's content and its media type; a large one is read while it is sent."""
        with named():
            file = keeping.required(self.workspace_id, name)
            source = Source(file.size, lambda: self._pieces(name))
            if file.size > IN_MEMORY:
                return source, file.content_type
            return b"".join(source.open()), file.content_type

    def _pieces(self, name: str) -> Iterator[bytes]:
        with objects.reading(store.key_of(self.workspace_id, name)) as (_, body):
            while piece := body.read(_PIECE):
                yield piece

    def keep(self, name: str, content: BinaryIO) -> dict[str, Any]:
        """Stores a file; returns what a workflow sees of it."""
        with named():
            return Written.of(keeping.write(self.workspace_id, name, content, self.key)).shown()
