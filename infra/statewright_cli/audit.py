"""``audit verify``: the audit log's chain, checked on this side of the API."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import typer
from rich.console import Console

from statewright.auth.audit import ChainedEvent, first_break

console = Console(highlight=False)


def verify_log(url: str, key: str, head: str, file: Path | None, save: Path | None) -> None:
    """Verifies a server's log, or an export of one, and ends with 1 where it is broken."""
    events = list(_exported(url, key) if file is None else _read(file))
    if save is not None:
        save.write_text("".join(f"{event.model_dump_json()}\n" for event in events))
    broken = first_break(events)
    if broken is not None:
        _refuse(f"The chain breaks at event {broken}.")
    if head and all(event.hash != head for event in events):
        _refuse(f"No event has the hash {head}: the log was cut or written anew since.")
    last = events[-1].hash if events else "-"
    console.print(f"{len(events)} events, unbroken. Note the last hash: {last}", soft_wrap=True)


def _refuse(sentence: str) -> None:
    Console(stderr=True, highlight=False).print(sentence, style="red", soft_wrap=True)
    raise typer.Exit(1)


def _read(file: Path) -> Iterator[ChainedEvent]:
    for line in file.read_text().splitlines():
        yield ChainedEvent.model_validate_json(line)


def _exported(url: str, key: str) -> Iterator[ChainedEvent]:
    headers = {"authorization": f"Bearer {key}"}
    with httpx.Client(base_url=url, headers=headers, timeout=30) as client:
        cursor: str | None = None
        while True:
            answer = client.get("/v1/audit/export", params={"cursor": cursor} if cursor else {})
            if answer.is_error:
                _refuse(f"{url}: {answer.status_code} {answer.json().get('title', '')}")
            page = answer.json()
            yield from map(ChainedEvent.model_validate, page["items"])
            cursor = page["next"]
            if cursor is None:
                return
