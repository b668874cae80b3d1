"""Metrics: scraped by a real Prometheus, and what dashboards ask for is there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.support.server import ROOT, Client, Server, free_port, until


@pytest.fixture(scope="module")
def used(server: Server) -> Client:
    """A server on which something has run."""
    client = Client(server, "owner@metrics.example").register()
    definition = {
        "name": "M",
        "triggers": [{"id": "h", "type": "webhook"}],
        "steps": [{"id": "one", "set": 1}],
    }
    client.ended(client.call_webhook(client.publish(definition), {}).json()["execution_id"])
    return client


def test_what_grafana_asks_for_is_there(used: Client) -> None:
    text = httpx.get(f"{used.server.url}/metrics").text
    known = {
        sample.name for family in text_string_to_metric_families(text) for sample in family.samples
    }
    panels = json.loads((ROOT / "infra/dashboards/grafana.json").read_text())["panels"]
    asked = {
        name
        for p in panels
        for t in p["targets"]
        for name in re.findall(r"statewright_\w+", t["expr"])
    }
    assert len(asked) >= 7
    assert asked <= known


@pytest.fixture(scope="module")
def prometheus() -> str:
    """Prometheus' own program. Root may install Debian's package where it is not there."""
    found = shutil.which("prometheus")
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        # Without its service: only the program is wanted.
        install = (
            "mkdir -p /tmp/prometheus-deb && cd /tmp/prometheus-deb && apt-get download prometheus"
        )
        unpack = "dpkg-deb -x prometheus_*.deb ."
        subprocess.run(f"{install} && {unpack}", shell=True, check=False, timeout=120, **quiet)
        found = shutil.which("prometheus", path="/tmp/prometheus-deb/usr/bin")
    if found is None:
        pytest.skip("there is no Prometheus here, and it cannot be installed")
    return found


@pytest.fixture
def scraping(prometheus: str, used: Client, tmp_path: Path) -> Iterator[str]:
    """A Prometheus that scrapes the server every second."""
    config = tmp_path / "prometheus.yml"
    target = used.server.url.removeprefix("http://")
    config.write_text(
        "global: {scrape_interval: 1s}\nscrape_configs:\n"
        f"  - {{job_name: statewright, static_configs: [{{targets: ['{target}']}}]}}\n"
    )
    port = free_port()
    command = [
        prometheus, f"--config.file={config}", f"--storage.tsdb.path={tmp_path / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]  # fmt: skip
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(30)


def test_a_real_prometheus_scrapes_it(scraping: str) -> None:
    def ask(expression: str) -> list[list[object]]:
        try:
            answer = httpx.get(f"{scraping}/api/v1/query", params={"query": expression}, timeout=5)
        except httpx.TransportError:
            return []  # it is still starting
        if answer.status_code != 200:
            return []
        return [one["value"] for one in answer.json()["data"]["result"]]

    found = until(
        lambda: ask('statewright_executions_total{status="succeeded"}'), "the first scrape"
    )
    assert float(str(found[0][1])) >= 1
    assert ask("up")[0][1] == "1"
    assert ask("histogram_quantile(0.95, sum by (le) (statewright_http_seconds_bucket))")
