"""The authorizer's bench still runs; how fast is none of a test's business."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.support.server import ROOT


def test_the_bench_decides_for_tokens_and_keys() -> None:
    command = [
        sys.executable,
        "bench/authorizer.py",
        "--decisions",
        "5",
        "--accounts",
        "2",
        "--json",
    ]
    ran = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert ran.returncode == 0, ran.stderr
    result = json.loads(ran.stdout.splitlines()[-1])
    assert [row["credential"] for row in result["rows"]] == ["access token", "API key"]
    assert all(row["p95_ms"] > 0 for row in result["rows"])
