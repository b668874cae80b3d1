"""The engine's bench still runs; how fast is none of a test's business."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.support.server import ROOT


def test_the_bench_runs_in_memory_and_knows_every_phase() -> None:
    command = [sys.executable, "bench/engine.py", "--systems", "memory", "--clients", "2"]
    options = ["--seconds", "0.1", "--cases", "choice", "tasks", "--profile", "--json"]
    ran = subprocess.run(
        [*command, *options], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert ran.returncode == 0, ran.stderr
    result = json.loads(ran.stdout.splitlines()[-1])
    assert [row["case"] for row in result["rows"]] == ["choice", "tasks"]
    assert all(row["per_s"] > 0 for row in result["rows"])
    for profile in result["profiles"]:
        assert profile["not_found"] == []
        assert profile["phases_us"]["step"] > 0
