"""``connectors``: descriptions read on this machine, and sent to a server."""

from __future__ import annotations

import base64
import io
import json
import resource
import sys
import time
import zipfile
from pathlib import Path
from typing import Any, NoReturn

import httpx
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from statewright.integrations.connectors.declared import declared
from statewright.integrations.openapi.documents import DocumentError, from_disk, parse
from statewright.integrations.openapi.importing import Imported, import_document
from statewright_cli import python_connectors

console = Console(highlight=False)
problems = Console(stderr=True, highlight=False)
SHOWN = 20


def import_file(file: Path, name: str, url: str, key: str, *, dry_run: bool, as_json: bool) -> None:
    """Reads a description and says what came of it; without ``dry_run``, a server imports it."""
    started = time.perf_counter()
    found = _read(file)
    seconds = time.perf_counter() - started
    report = _report(file, found, seconds)
    if not dry_run:
        report["server"] = _send(file, name or _name(file), url, key)
    if as_json:
        print(json.dumps(report, indent=2))  # noqa: T201 - the output that was asked for
    else:
        _show(report)
    if report["operations"]["imported"] == 0:
        raise typer.Exit(1)


def _read(file: Path) -> Imported:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=problems, transient=True) as progress:
        task = progress.add_task(file.name, total=None)
        try:
            return import_document(
                from_disk,
                file.resolve().as_uri(),
                lambda done, total: progress.update(task, completed=done, total=total),
            )
        except DocumentError as error:
            _refuse(f"{file}: {error}")


def _report(file: Path, found: Imported, seconds: float) -> dict[str, Any]:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "file": str(file),
        "title": found.title,
        "version": found.version,
        "dialect": found.dialect,
        "documents": found.documents,
        "operations": {"imported": len(found.operations), "total": found.total},
        "paging": sum(operation.paging is not None for operation in found.operations),
        "schemas": len(found.definitions),
        "security": {name: scheme["kind"] for name, scheme in found.security.items()},
        "problems": [
            {"place": p.place, "detail": p.detail, "fatal": p.fatal} for p in found.problems
        ],
        "seconds": round(seconds, 3),
        "peak_memory_mb": round(peak / (1024 if sys.platform != "darwin" else 1024 * 1024), 1),
    }


def _show(report: dict[str, Any]) -> None:
    count = report["operations"]
    console.print(
        f"[bold]{report['title']}[/] {report['version']} ({report['dialect']}): "
        f"{count['imported']} of {count['total']} operations, {report['schemas']} schemas, "
        f"{report['documents']} documents, {report['seconds']} s, {report['peak_memory_mb']} MB"
    )
    for problem in report["problems"][:SHOWN]:
        mark = "missing" if problem["fatal"] else "note"
        console.print(f"  {mark}: {problem['place']}: {problem['detail']}", markup=False)
    if len(report["problems"]) > SHOWN:
        console.print(f"  and {len(report['problems']) - SHOWN} more (--json shows all)")
    if "server" in report:
        told = report["server"]
        console.print(
            f"{told['connector']}: {len(told['added'])} added, {len(told['changed'])} changed, "
            f"{len(told['removed'])} removed, {len(told['affected'])} workflows affected"
        )


def _name(file: Path) -> str:
    stem = file.name.partition(".")[0].lower()
    return "".join(c if c.isalnum() else "_" for c in stem)[:40]


def _send(file: Path, name: str, url: str, key: str) -> Any:
    """Uploads the document, with all the others below its folder if it is one of several."""
    packed = io.BytesIO()
    others = [p for p in file.parent.rglob("*") if p.suffix in {".json", ".yaml", ".yml"}]
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(file.name.removesuffix(".gz"), _plain(file))
        for other in others if b"$ref" in _plain(file) else []:
            if other != file:
                archive.write(other, other.relative_to(file.parent))
    text = base64.b64encode(packed.getvalue()).decode()
    return _post(url, key, {"name": name, "archive": text, "entry": file.name.removesuffix(".gz")})


def _plain(file: Path) -> bytes:
    import gzip

    content = file.read_bytes()
    return gzip.decompress(content) if file.suffix == ".gz" else content


def _post(url: str, key: str, body: dict[str, Any]) -> Any:
    headers = {"authorization": f"Bearer {key}"}
    try:
        answer = httpx.post(f"{url}/v1/connectors", json=body, headers=headers, timeout=120)
    except httpx.HTTPError as error:
        _refuse(f"{url} cannot be reached: {error}")
    if not answer.is_success:
        told = answer.json() if "json" in answer.headers.get("content-type", "") else {}
        _refuse(str(told.get("detail", f"{url} answered {answer.status_code}")))
    return answer.json()


# -- connectors in our own YAML --------------------------------------------------------------------

TEMPLATE = """\
# A connector in Statewright's own form: docs/custom-connectors.md describes all of it.
connector: {name}
title: {title}
server: https://api.example.com/v1
auth:
  token: {{kind: bearer}}
operations:
  items_list:
    title: List items
    request: GET /items
    inputs:
      page: {{type: integer, description: "Which page, from 1"}}
    result: {{type: array, items: {{type: object, properties: {{id: {{type: string}}}}}}}}
    paging: {{kind: page, input: page}}
  items_create:
    title: Create an item
    request: POST /items
    inputs:
      name: {{type: string, required: true}}
    result: {{type: object, properties: {{id: {{type: string}}}}}}
"""


def new_connector(name: str, folder: Path, *, python: bool) -> None:
    """Writes a connector to begin with."""
    if not (name.isidentifier() and name.islower() and len(name) <= 40):
        _refuse(f"'{name}' is no name for a connector: use lower-case letters, digits and _")
    if python:
        python_connectors.new(name, folder)
        return
    file = folder / f"{name}.yaml"
    if file.exists():
        _refuse(f"{file} is there already")
    file.write_text(TEMPLATE.format(name=name, title=name.replace("_", " ").capitalize()))
    console.print(f"{file} written. Check it: statewright connector test {file}", soft_wrap=True)


def load(file: Path) -> tuple[str, Imported, str]:
    """A declaration's name, what it holds, and its text."""
    try:
        text = file.read_bytes()
        return (*declared(parse(text, file.name)), text.decode())
    except OSError as error:
        _refuse(f"{file}: {error.strerror}")
    except DocumentError as error:
        _refuse(f"{file}: {error}")


def test_connector(file: Path, operation: str, inputs: str, server: str, token: str) -> None:
    """Checks a connector; with an operation, calls it and shows what it answers."""
    if file.suffix == ".py":
        python_connectors.test(file, operation, inputs, server, token)
        return
    from statewright.integrations.calls.sending import Way
    from statewright.integrations.connectors.calling import call
    from statewright.integrations.failures import HttpRequestError
    from statewright.integrations.messages import Limits
    from statewright.integrations.reach import parse_reach

    name, found, _ = load(file)
    console.print(f"{name}: {len(found.operations)} operations, no mistakes")
    if not operation:
        return
    one = next((o for o in found.operations if o.name == operation), None)
    if one is None:
        _refuse(f"{name} has no operation '{operation}'")
    way = Way(
        parse_reach("0.0.0.0/0,::/0"),
        Limits(),
        (lambda r: r.with_secrets(token).with_header("authorization", f"Bearer {token}"))
        if token
        else None,
    )
    try:
        told = call(one, json.loads(inputs), server or found.servers[0]["url"], "test", way)
    except (HttpRequestError, ValueError) as error:
        _refuse(f"{type(error).__name__}: {error}")
    console.print_json(json.dumps(told))


def install_connector(file: Path, url: str, key: str, data: Path | None) -> None:
    """Sends a connector to a server; one in Python goes there without its code, which is placed
    into the ``data`` of a server on this machine."""
    if file.suffix == ".py":
        manifest = python_connectors.manifest_of(file)
        told = _post(url, key, {"name": manifest["connector"], "manifest": manifest})
        console.print(f"{manifest['connector']}: {told['operations']} operations installed")
        if data is not None:
            python_connectors.place(file, data)
        return
    name, _, text = load(file)
    told = _post(url, key, {"name": name, "declaration": text})
    console.print(f"{name}: {told['operations']} operations installed")


def _refuse(sentence: str) -> NoReturn:
    problems.print(sentence, style="red", soft_wrap=True, markup=False)
    raise typer.Exit(1)
