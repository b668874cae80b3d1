"""The gateway's bench still runs; how fast is none of a test's business."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.support.server import ROOT


def test_the_bench_takes_the_handler_and_the_gateway() -> None:
    command = [sys.executable, "bench/gateway.py", "--inside", "5"]
    ran = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout.splitlines()[-1])
    assert found.keys() == {"handler_us", "gateway_us"}
    assert all(value > 0 for value in found.values())
