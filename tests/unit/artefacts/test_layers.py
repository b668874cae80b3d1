"""The layers' requirements are the lock's, and nothing that functions need is left out."""

from __future__ import annotations

import re

import pytest

from artefacts.layers import ROOT, blocks, dependencies, groups, name_of

LAYERS = sorted(file.parent.name for file in (ROOT / "layers").glob("*/requirements.txt"))


def packages(layer: str) -> dict[str, str]:
    return blocks((ROOT / "layers" / layer / "requirements.txt").read_text())


def version(block: str) -> str:
    found = re.match(r"[\w.\-\[\],]+==([\w.+!]+)", block)
    assert found is not None, block
    return found[1]


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_has_the_locks_versions_with_their_hashes(layer: str) -> None:
    locked = blocks((ROOT / "requirements.lock").read_text())
    for name, block in packages(layer).items():
        assert version(block) == version(locked[name]), f"{name}: run `make lock`"
        assert "--hash=sha256:" in block


def test_every_dependency_is_where_it_belongs() -> None:
    """In its own layer, and beside that only in one of another group that needs it too."""
    assert {"deps", *groups()} == set(LAYERS)
    for requirement in dependencies():
        name = name_of(requirement)
        holders = [layer for layer in LAYERS if name in packages(layer)]
        expected = next((layer for layer, names in groups().items() if name in names), "deps")
        assert expected in holders, f"{name}: run `make lock`"
        assert "deps" not in holders or holders == ["deps"], f"{name}: run `make lock`"


def test_a_block_is_a_requirement_with_the_lines_below_it() -> None:
    text = "# head\nFoo_Bar[x]==1.0 \\\n    --hash=sha256:a\nbaz==2 ; python_version < '3'\n"
    found = blocks(text)
    assert found.keys() == {"foo-bar", "baz"}
    assert found["foo-bar"].endswith("sha256:a\n")
