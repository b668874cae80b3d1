"""The notifications' bench still runs; how fast is none of a test's business."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.support.server import ROOT


def test_the_bench_counts_one_call_for_each_message() -> None:
    command = [sys.executable, "bench/notifications.py", "--count", "120", "--json"]
    ran = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert ran.returncode == 0, ran.stderr
    result = json.loads(ran.stdout.splitlines()[-1])
    assert [row["messages"] for row in result["rows"]] == [120, 120]
    assert result["calls"] == 140
