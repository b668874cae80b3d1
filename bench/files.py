"""A CSV file through the whole server: uploaded by a signed URL, looped over in batches, converted.

Each batch is an execution of its own, which adds up a column; the sums in its result files are
checked against the file's. What must stay flat is the server's memory, whatever the file's size: its peak is the
kernel's own figure (VmHWM), begun anew for each part.

Run: python bench/files.py [--megabytes 50] [--batch 500] [--parts loop convert] [--json]
     python bench/files.py --megabytes 1000 --parts loop
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

import httpx

sys.path.insert(0, str(Path(__file__).parent))
import harness

PATIENCE_SECONDS = 6 * 3600
POLL_SECONDS = 0.25
PIECE = 1 << 20
_CITIES = ("Rome", "Oslo", "Lima", "Accra", "Kyoto", "Quito", "Porto")


def main() -> None:
    parser = harness.arguments(__doc__ or "")
    parser.add_argument("--megabytes", type=int, default=50)
    parser.add_argument("--batch", type=int, default=500, help="rows in each round of the loop")
    parser.add_argument("--concurrency", type=int, default=100)
    parser.add_argument("--parts", nargs="+", choices=[*PARTS], default=[*PARTS])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="statewright-bench-") as folder:
        file = Path(folder) / "rows.csv"
        rows, total = write_rows(file, options.megabytes * 1_000_000)
        about = {"rows": rows, "bytes": file.stat().st_size, "machine": harness.machine()}
        result: dict[str, Any] = {"bench": "files", **about}
        with harness.server() as server:
            client = signed_in(server)
            result["upload"] = uploaded(server, client, file)
            print(f"rows: {rows:,}; upload: {json.dumps(result['upload'])}", flush=True)
            for part in options.parts:
                memory = Memory(server.process.pid)
                seconds = PARTS[part](client, options)
                if part == "loop" and (found := summed(server.data)) != total:
                    raise RuntimeError(f"the loop's sums make {found}, the file's {total}")
                result[part] = {"rows_per_s": round(rows / seconds), "seconds": round(seconds, 1), **memory.figures()}  # fmt: skip
                print(f"{part}: {json.dumps(result[part])}", flush=True)
    if options.json:
        print(json.dumps(result))


def write_rows(path: Path, size: int) -> tuple[int, int]:
    """Writes orders until the file has that size; returns how many, and the sum of their totals."""
    number = total = written = 0
    with path.open("w") as file:
        written += file.write("id,customer,city,total,ordered_at,note\n")
        while written < size:
            amount = number * 7919 % 100_003
            total += amount
            city, day = _CITIES[number % len(_CITIES)], number % 28 + 1
            note = f"order {number} of a customer who wants it soon"
            written += file.write(f'A-{number},customer-{number % 50_021}@example.com,{city},{amount},2026-01-{day:02}T10:00:00Z,"{note}"\n')  # fmt: skip
            number += 1
    return number, total


class Memory:
    """The most memory that a process has had since this was made."""

    def __init__(self, process: int):
        self._folder = Path(f"/proc/{process}")
        (self._folder / "clear_refs").write_text("5")  # VmHWM begins anew
        self._before = self._field("VmRSS")

    def _field(self, name: str) -> int:
        found = re.search(rf"^{name}:\s+(\d+) kB", (self._folder / "status").read_text(), re.M)
        assert found is not None
        return round(int(found[1]) * 1024 / 1e6)

    def figures(self) -> dict[str, int]:
        """Megabytes before, and at the most."""
        return {"memory_before_mb": self._before, "memory_peak_mb": self._field("VmHWM")}


def ok(answer: httpx.Response) -> Any:
    if answer.is_error:
        raise RuntimeError(f"{answer.request.method} {answer.request.url}: {answer.text}")
    return answer.json() if answer.content else None


def signed_in(server: harness.Server) -> httpx.Client:
    """With an API key, which outlives a session."""
    token = harness.sign_up(server.url)
    key = harness.call(
        server.url, "POST", "/v1/auth/api-keys", {"name": "bench", "role": "editor"}, token
    )["key"]
    headers = {"Authorization": f"Bearer {key}"}
    return httpx.Client(base_url=server.url, headers=headers, timeout=120)


def uploaded(server: harness.Server, client: httpx.Client, file: Path) -> dict[str, Any]:
    """Puts the file into the store."""

    def pieces() -> Iterator[bytes]:
        with file.open("rb") as content:
            while piece := content.read(PIECE):
                yield piece

    memory, begun = Memory(server.process.pid), time.monotonic()
    size = file.stat().st_size
    made = ok(client.post("/v1/files", json={"name": "bench/rows.csv", "size": size}))
    request = made["upload"]
    httpx.put(request["url"], content=pieces(), headers=request["headers"], timeout=600).raise_for_status()  # fmt: skip
    seconds = time.monotonic() - begun
    return {"mb_per_s": round(size / 1e6 / seconds), **memory.figures()}


def ended(client: httpx.Client, name: str, steps: list[dict[str, Any]], output: Any) -> Any:
    """Runs a workflow of these steps once; returns its output and how long it took."""
    definition = {"name": name, "triggers": [{"id": "h", "type": "webhook"}], "steps": steps, "output": output}  # fmt: skip
    made = ok(client.post("/v1/workflows", json={"definition": definition}))
    version = ok(client.post(f"/v1/workflows/{made['id']}/versions"))
    hook = "/hooks/" + next(iter(version["webhooks"].values())).rsplit("/", 1)[1]
    begun = time.monotonic()
    execution = ok(client.post(hook, json={}))["execution_id"]
    while time.monotonic() < begun + PATIENCE_SECONDS:
        answer = client.get(f"/v1/executions/{execution}")
        if answer.status_code == 200 and answer.json()["status"] != "running":
            if answer.json()["status"] != "succeeded":
                raise RuntimeError(answer.text[:2000])
            return answer.json()["output"], time.monotonic() - begun
        time.sleep(POLL_SECONDS)
    raise RuntimeError("the execution does not end")


def loop(client: httpx.Client, options: Any) -> float:
    """A distributed ``for_each``: the batches' sums are in its result files."""
    each = {
        "id": "each",
        "for_each": {"file": "bench/rows.csv", "format": "csv"},
        "as": "rows",
        "batch": {"size": options.batch},
        "concurrency": options.concurrency,
        "steps": [{"id": "sum", "set": "{% $sum($rows.($number(total))) %}"}],
        "output": "{% $sum %}",
    }
    _, seconds = ended(client, "Loop", [each], None)
    return float(seconds)


def summed(data: Path) -> int:
    """What the rounds' outputs in the Map's result files make together."""
    total = 0
    for file in data.rglob("*SUCCEEDED_*.object"):
        with file.open("rb") as content, mmap(content.fileno(), 0, access=ACCESS_READ) as view:
            total += sum(int(found[1]) for found in re.finditer(rb'"Output":\s*"(\d+)', view))
    return total


def convert(client: httpx.Client, options: Any) -> float:
    """``file.convert`` of the whole file to JSON Lines."""
    step = {"id": "made", "use": "file.convert", "with": {"file": "bench/rows.csv", "to": "bench/rows.jsonl"}}  # fmt: skip
    count, seconds = ended(client, "Convert", [step], "{% $made.count %}")
    assert count > 0
    return float(seconds)


PARTS: dict[str, Callable[[httpx.Client, Any], float]] = {
    "loop": loop,
    "convert": convert,
}

if __name__ == "__main__":
    main()
