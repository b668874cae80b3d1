"""Connectors in Python: begun, described, tried, installed, and packed for AWS.

Their code never runs in this process: every look at it is a child process with limits.
"""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import typer
from rich.console import Console

from statewright.sdk import isolated

FOLDER = "connectors"
"""Where below its data a server on this machine has its connectors."""
AT_ONCE = 8
"""Processes of connectors that a machine has at once; further calls wait their turn."""
_NAME = "statewright-connectors-"
console = Console(highlight=False)
problems = Console(stderr=True, highlight=False)
Handler = Callable[[Any, Any], Any]

TEMPLATE = '''\
"""The connector {name}: docs/custom-connectors.md describes how it is made."""

from pydantic import BaseModel, Field

from statewright.sdk import Connector, Polled, operation, polling


class ListItems(BaseModel):
    """What `{name}.items_list` takes."""

    page: int = Field(default=1, ge=1, description="Which page, from 1")


class Item(BaseModel):
    """An item, as the system gives it."""

    id: str
    name: str = ""


class {title}(Connector):
    """What this connector is for."""

    name = "{name}"
    title = "{words}"
    server = "https://api.example.com/v1"
    auth = {{"token": {{"kind": "bearer"}}}}

    @operation("List items")
    def items_list(self, wanted: ListItems) -> list[Item]:
        """Items, page by page."""
        answer = self.http.get("/items", query={{"page": wanted.page}})
        return [Item.model_validate(one) for one in answer.json()]

    @polling("New items")
    def new_items(self, cursor: str | None) -> Polled[Item]:
        """Items that came after the last one that was seen."""
        found = self.http.get("/items", query={{"after": cursor}}).json()
        items = [Item.model_validate(one) for one in found]
        return Polled(items=items, cursor=items[-1].id if items else cursor)


handler = {title}.handler()
'''

_STACK = """\
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Description: "Statewright: the connector {name}"

Parameters:
  Prefix: {{Type: String, Default: statewright, Description: "The name of Statewright's stack."}}
  PlatformLayer: {{Type: String, Description: "ARN of Statewright's layer with its packages."}}
  DepsLayer: {{Type: String, Description: "ARN of Statewright's layer with what they need."}}
  OutboundAllow: {{Type: String, Default: "", Description: "As in Statewright's stack."}}

Resources:
  Connector:
    Type: AWS::Serverless::Function  # its role may write its log, no more
    Properties:
      FunctionName: !Sub "${{Prefix}}-connectors-{name}"
      CodeUri: code/
      Handler: {name}.handler
      Runtime: python3.12
      Architectures: [arm64]
      MemorySize: 256
      Timeout: 25
      ReservedConcurrentExecutions: 20
      Layers: [!Ref PlatformLayer, !Ref DepsLayer]
      Environment: {{Variables: {{STATEWRIGHT_OUTBOUND_ALLOW: !Ref OutboundAllow}}}}
"""


def new(name: str, folder: Path) -> None:
    """Writes a connector to begin with."""
    file = folder / f"{name}.py"
    if file.exists():
        refuse(f"{file} is there already")
    title = "".join(part.capitalize() for part in name.split("_"))
    words = name.replace("_", " ").capitalize()
    file.write_text(TEMPLATE.format(name=name, title=title, words=words))
    console.print(f"{file} written. Check it: statewright connector test {file}", soft_wrap=True)


def manifest_of(file: Path) -> dict[str, Any]:
    """What a file describes."""
    if not file.is_file():
        refuse(f"{file}: there is no such file")
    found = isolated.describe(file)
    if "error" in found:
        refuse(f"{file}: {found['error']['message']}")
    manifest: dict[str, Any] = found["result"]
    if manifest["connector"] != file.stem:
        refuse(
            f"{file}: the connector is called {manifest['connector']}, and so has to be its file"
        )
    return manifest


def test(file: Path, operation: str, inputs: str, server: str, token: str) -> None:
    """Describes a connector; with an operation, runs it and shows what it gives."""
    manifest = manifest_of(file)
    operations = manifest["operations"]
    polls = sum(one["polls"] for one in operations.values())
    console.print(
        f"{manifest['connector']}: {len(operations)} operations, {polls} of them for polls"
    )
    if not operation:
        return
    headers = {"authorization": f"Bearer {token}"} if token else {}
    auth = {"base_url": server or manifest["server"], "headers": headers}
    job = {"operation": operation, "inputs": _read(inputs), "auth": auth}
    found = isolated.run(file, job, outbound_allow="0.0.0.0/0,::/0")
    if "error" in found:
        refuse(f"{found['error']['name']}: {found['error']['message']}")
    console.print_json(json.dumps(found["result"]))


def _read(inputs: str) -> dict[str, Any]:
    try:
        found = json.loads(inputs)
    except ValueError as error:
        refuse(f"--inputs is not JSON: {error}")
    return found if isinstance(found, dict) else refuse("--inputs is no object")


def place(file: Path, data: Path) -> None:
    """Puts a connector's code where a server on this machine runs it."""
    folder = data / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, folder / file.name)
    console.print(f"{folder / file.name}: run by the server with this data", soft_wrap=True)


def pack(file: Path, folder: Path) -> None:
    """Writes what the operator of a deployment on AWS needs: code and a stack of its own."""
    name = manifest_of(file)["connector"]
    code = folder / "code"
    code.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, code / file.name)
    template = folder / "template.yaml"
    template.write_text(_STACK.format(name=name))
    console.print(f"{template} written: sam deploy --template {template} --guided", soft_wrap=True)


def installed(folder: Path, outbound_allow: str) -> Callable[[str], Handler | None]:
    """The functions of connectors in a folder, by name, for the local cloud; so many at once."""
    room = threading.BoundedSemaphore(AT_ONCE)

    def run(file: Path, event: Any) -> dict[str, Any]:
        with room:
            return isolated.run(file, event, outbound_allow)

    def find(name: str) -> Handler | None:
        connector = name.removeprefix(_NAME)
        file = folder / f"{connector}.py"
        if not (name.startswith(_NAME) and connector.isidentifier() and file.is_file()):
            return None
        return lambda event, _: run(file, event)

    return find


def refuse(sentence: str) -> NoReturn:
    """Says what is wrong, and ends."""
    problems.print(sentence, style="red", soft_wrap=True, markup=False)
    raise typer.Exit(1)
