"""The console's modules import each other without a circle, types included."""

from __future__ import annotations

import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from tests.support.server import ROOT

SOURCES = ROOT / "console" / "src"
IMPORT = re.compile(r'(?:from|import)\s*\(?\s*"(\.[^"]+)"')


def imported(module: Path) -> set[Path]:
    """The console's own modules that a module names."""
    bases = [(module.parent / name).resolve() for name in IMPORT.findall(module.read_text())]
    found = (base.with_name(base.name + end) for base in bases for end in (".ts", ".tsx"))
    return {file for file in found if file.is_file()}


def test_no_module_of_the_console_imports_itself_through_others() -> None:
    modules = [file for file in SOURCES.rglob("*.ts*") if not file.name.endswith(".d.ts")]
    graph = {module: imported(module) for module in modules}
    assert sum(map(len, graph.values())) > len(modules)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        raise AssertionError([str(file.relative_to(SOURCES)) for file in error.args[1]]) from None
