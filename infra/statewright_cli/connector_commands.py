"""The commands ``connectors …`` and ``connector …``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Url = Annotated[str, typer.Option(envvar="STATEWRIGHT_URL")]
Key = Annotated[str, typer.Option(envvar="STATEWRIGHT_API_KEY", help="An API key.")]

connectors = typer.Typer(help="Connectors from OpenAPI documents.", no_args_is_help=True)
connector = typer.Typer(help="Connectors of one's own.", no_args_is_help=True)


@connectors.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(help="OpenAPI 3 or Swagger 2.0, JSON or YAML (.gz too).")],
    name: Annotated[str, typer.Option(help="The connector's name; by default the file's.")] = "",
    dry_run: Annotated[bool, typer.Option(help="Only say what would be imported.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    url: Url = "http://localhost:8000",
    key: Key = "",
) -> None:
    """Import a description as a connector."""
    from statewright_cli.connectors import import_file

    import_file(file, name, url, key, dry_run=dry_run, as_json=as_json)


@connector.command()
def new(
    name: Annotated[str, typer.Argument(help="Lower-case letters, digits and _.")],
    folder: Annotated[Path, typer.Option(help="Where to write it.")] = Path(),
    python: Annotated[bool, typer.Option("--python", help="A class in place of YAML.")] = False,
) -> None:
    """Write a connector to begin with."""
    from statewright_cli.connectors import new_connector

    new_connector(name, folder, python=python)


@connector.command(name="test")
def try_(
    file: Annotated[Path, typer.Argument(help="The connector's YAML or Python.")],
    operation: Annotated[str, typer.Option(help="An operation to call.")] = "",
    inputs: Annotated[str, typer.Option(help="Its inputs, as JSON.")] = "{}",
    server: Annotated[str, typer.Option(help="Another server than the connector's.")] = "",
    token: Annotated[
        str, typer.Option(envvar="STATEWRIGHT_CONNECTOR_TOKEN", help="Sent as a bearer token.")
    ] = "",
) -> None:
    """Check a connector, and call one of its operations."""
    from statewright_cli.connectors import test_connector

    test_connector(file, operation, inputs, server, token)


@connector.command()
def install(
    file: Annotated[Path, typer.Argument(help="The connector's YAML or Python.")],
    url: Url = "http://localhost:8000",
    key: Key = "",
    data: Annotated[
        Path | None,
        typer.Option(
            envvar="STATEWRIGHT_DATA",
            help="The data of a server on this machine, which then runs it.",
        ),
    ] = None,
) -> None:
    """Send a connector to a server."""
    from statewright_cli.connectors import install_connector

    install_connector(file, url, key, data)


@connector.command()
def pack(
    file: Annotated[Path, typer.Argument(help="The connector's Python.")],
    folder: Annotated[Path, typer.Option(help="Where to write it.")] = Path("connector"),
) -> None:
    """Write a connector's function for AWS: its code, and a stack of its own."""
    from statewright_cli import python_connectors

    python_connectors.pack(file, folder)
