"""``compile`` and ``check``: a workflow file, looked at."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

import typer
from rich.console import Console

from statewright.errors import StatewrightError
from statewright.workflows.checks import check
from statewright.workflows.compiler import compile_definition
from statewright.workflows.compiler.report import Report
from statewright.workflows.definition import Definition
from statewright.workflows.parsing import parse_definition, read_yaml

problems = Console(stderr=True, highlight=False)
_STYLES = {"error": "red", "warning": "yellow", "note": "dim"}


def read_definition(file: Path) -> Definition:
    """The definition in a file, or an end of the program that says what is wrong."""
    try:
        return parse_definition(read_yaml(file.read_text()))
    except (OSError, UnicodeDecodeError) as error:
        problems.print(f"[red]{file} cannot be read:[/] {error}", markup=True)
        raise typer.Exit(2) from None
    except StatewrightError as error:
        complain(file, error)


def complain(file: Path, error: StatewrightError) -> NoReturn:
    """Prints an error with its issues and ends the program."""
    problems.print(f"{file} is not valid:", style="red")
    if not error.issues:
        problems.print(f"  {error.detail}", markup=False)
    for issue in error.issues:
        suggestion = f" ({issue.suggestion})" if issue.suggestion else ""
        problems.print(f"  {issue.pointer}  {issue.detail}{suggestion}", markup=False)
    raise typer.Exit(1)


def compile_file(file: Path) -> None:
    """Prints the compiled state machine."""
    try:
        artefact = compile_definition(read_definition(file))
    except StatewrightError as error:
        complain(file, error)
    sys.stdout.write(artefact.text() + "\n")


def check_file(file: Path) -> None:
    """Prints findings, or that there are none. The exit code says whether it can be published."""
    definition = read_definition(file)
    findings = check(definition)
    errors = [found for found in findings if found.severity == "error"]
    for found in findings:
        suggestion = f" ({found.suggestion})" if found.suggestion else ""
        line = f"  {found.severity}  {found.pointer}  {found.detail}{suggestion}"
        problems.print(line, style=_STYLES[found.severity], markup=False, soft_wrap=True)
    if errors:
        raise typer.Exit(1)
    console = Console(highlight=False)
    console.print(f"[green]{file} is valid.[/]")
    console.print(_forecast(compile_definition(definition).report), style="dim", soft_wrap=True)


def _forecast(expected: Report) -> str:
    transitions, cost = _bounds(expected.transitions, "d"), _bounds(expected.cost, ".3f")
    longest = "nothing bounds its time"
    if expected.seconds is not None:
        longest = f"it takes {timedelta(seconds=expected.seconds)} at the longest"
    return f"A run: {transitions} transitions, {longest}; 1,000 runs cost ${cost} on AWS."


def _bounds(pair: tuple[float, float | None], form: str) -> str:
    least, most = pair
    if most is None:
        return f"{least:{form}} or more"
    return f"{least:{form}}" if least == most else f"{least:{form}}–{most:{form}}"  # noqa: RUF001
