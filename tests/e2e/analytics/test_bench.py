"""The bench of facts still runs; how fast is none of a test's business."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.support.server import ROOT


def test_the_bench_ingests_rebuilds_looks_and_exports() -> None:
    command = [sys.executable, "bench/facts.py", "--facts", "800", "--ingested", "200"]
    command += ["--rounds", "1", "--no-peer", "--json", "--sizes", "200"]
    ran = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert ran.returncode == 0, ran.stderr
    result = json.loads(ran.stdout.splitlines()[-1])
    first, last = result["sizes"]
    assert first["ingest"]["rows"] == 200
    assert (first["people"]["rows"], last["people"]["rows"]) == (2, 6)
    assert last["rebuild"]["rows"] == 200 + 600 + 2
    assert set(last["dashboards_ms"]) == {"overview", "reliability", "speed", "worth", "people"}
    assert result["export"]["rows"] == 120 + 360
