"""What tests have used as passwords, tokens and keys, so that logs can be searched for it."""

from __future__ import annotations

import logging
import subprocess
from pathlib import Path
from typing import Any

FIELDS = {
    "password", "current", "token", "refresh_token", "key", "secret", "client_secret", "challenge",
    "codes", "uri",
}  # fmt: skip
SHORTEST = 12
_known: set[str] = set()


def note(value: Any) -> None:
    """Remembers the secrets in what was sent or answered, as JSON."""
    if isinstance(value, list):
        for item in value:
            note(item)
    if not isinstance(value, dict):
        return
    for name, content in value.items():
        texts = content if isinstance(content, list) else [content]
        for text in texts:
            if name in FIELDS and isinstance(text, str) and len(text) >= SHORTEST:
                _known.add(text)
            else:
                note(text)


def found_in(text: str) -> set[str]:
    """Which known secrets a text holds."""
    return {secret for secret in _known if secret in text}


def found_in_file(file: Path) -> set[str]:
    """The same of a large file: grep looks for all of them at once."""
    lines = "\n".join(line for secret in _known for line in secret.splitlines() if line)
    command = ["grep", "-aoF", "-f", "-", str(file)]
    done = subprocess.run(command, input=lines.encode(), capture_output=True, check=False)
    assert done.returncode in {0, 1}, done.stderr.decode()
    return found_in(done.stdout.decode("utf-8", "replace"))


class Kept(logging.Handler):
    """Keeps what this process logs."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


def leaks(folder: Path, kept: Kept) -> dict[str, set[str]]:
    """Log files, and this process's log, with the secrets that stand in them."""
    found = {file.name: found_in_file(file) for file in folder.glob("**/*.log")}
    found["this process"] = found_in("\n".join(kept.lines))
    return {name: secrets for name, secrets in found.items() if secrets}
