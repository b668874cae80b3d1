"""Writes ``layers/*/requirements.txt``: the locked packages that functions need, layer by layer.

``[tool.statewright.layers]`` in ``pyproject.toml`` names the packages that only some services need.
They and what they alone depend on make a layer of their own; everything else is in ``layers/deps``.
"""

from __future__ import annotations

import subprocess
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PYTHON = "3.12"
PLATFORM = "aarch64-manylinux_2_28"
"""Lambda's Amazon Linux 2023 on Graviton; its own C library is newer than that."""


def groups() -> dict[str, list[str]]:
    """Layer → the packages that begin it, of those layers that not every function has."""
    found: dict[str, list[str]] = _project()["tool"]["statewright"]["layers"]
    return found


def dependencies() -> list[str]:
    """What the product depends on in Lambda."""
    found: list[str] = _project()["project"]["dependencies"]
    return found


def _project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def blocks(text: str) -> dict[str, str]:
    """Package → its block (version, markers, hashes) in a file of pinned requirements."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        if line.startswith("#") or not line:
            continue
        if not line.startswith(" "):
            name = canonicalize_name(line.partition("==")[0].partition("[")[0])
            found[name] = ""
        found[name] += line + "\n"
    return found


def _compiled(requirements: list[str]) -> dict[str, str]:
    """These and what they depend on, in the versions of the lock."""
    with tempfile.NamedTemporaryFile("w", suffix=".in") as source:
        source.write("\n".join(requirements))
        source.flush()
        options = ["--python-version", PYTHON, "--python-platform", PLATFORM, "--generate-hashes"]
        quiet = ["--no-header", "--no-annotate", "--quiet", "--constraint", "requirements.lock"]
        command = ["uv", "pip", "compile", source.name, *options, *quiet]
        done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return blocks(done.stdout)


def name_of(requirement: str) -> str:
    """The package that a requirement is for."""
    return canonicalize_name(Requirement(requirement).name)


def plan() -> dict[str, dict[str, str]]:
    """Layer → package → block."""
    apart = {name_of(package) for names in groups().values() for package in names}
    wanted = {name_of(text): text for text in dependencies()}
    shared = _compiled([text for name, text in wanted.items() if name not in apart])
    layers = {"deps": shared}
    for layer, names in groups().items():
        found = _compiled([wanted[name_of(name)] for name in names])
        layers[layer] = {name: block for name, block in found.items() if name not in shared}
    return layers


def write() -> None:
    """Writes every layer's requirements."""
    for layer, packages in plan().items():
        text = "".join(packages[name] for name in sorted(packages))
        (ROOT / "layers" / layer / "requirements.txt").write_text(text)


if __name__ == "__main__":
    write()
