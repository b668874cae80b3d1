"""Where the project's files are."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "template.yaml"
EXAMPLES = ROOT / "examples"
CONSOLE = ROOT / "console" / "dist"
"""The console, built (`make console`); a server without it serves the API only."""
