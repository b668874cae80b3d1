"""Asks a deployment's assistant every prompt, and counts how far the answers came.

.venv/bin/python evals/run.py --url http://localhost:8000 --token TOKEN --json
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import yaml

HERE = Path(__file__).resolve().parent
STAGES = ("parsed", "checked", "compiled", "simulated", "met")


@dataclass(frozen=True)
class Outcome:
    """What became of a prompt."""

    id: str
    task: dict[str, Any]
    unmet: list[str]

    @property
    def reached(self) -> set[str]:
        """The stages that the proposal passed."""
        stages = (self.task.get("proposal") or {}).get("stages", {})
        found = {name for name, passed in stages.items() if passed}
        return found | ({"met"} if "simulated" in found and not self.unmet else set())


def prompts(file: Path = HERE / "prompts.yaml") -> list[dict[str, Any]]:
    """The prompts with their expectations."""
    found: list[dict[str, Any]] = yaml.safe_load(file.read_text())
    return found


def _dicts(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():  # fmt: skip
        yield from _dicts(part)


def unmet(prompt: dict[str, Any], task: dict[str, Any]) -> list[str]:
    """Which expectations a task does not meet."""
    proposal = task.get("proposal")
    if proposal is None:
        return [f"no proposal: {task.get('detail')}"]
    definition = proposal["definition"]
    parts = list(_dicts(definition.get("steps", [])))
    text = json.dumps({k: v for k, v in definition.items() if k not in {"name", "description"}})
    wrong = [f"does not use {name}" for name in prompt.get("uses", []) if all(p.get("use") != name for p in parts)]  # fmt: skip
    wrong += [f"has no {kind}" for kind in prompt.get("kinds", []) if all(kind not in p for p in parts)]  # fmt: skip
    wrong += [f"holds {word}" for word in prompt.get("never", []) if word in text]
    kinds = [trigger["type"] for trigger in definition.get("triggers", [])]
    if prompt.get("trigger") and prompt["trigger"] not in kinds:
        wrong.append(f"has no trigger {prompt['trigger']}")
    for option, needed in (("retry", "retries"), ("undo", "undoes")):
        if prompt.get(needed) and not any(option in part for part in parts):
            wrong.append(f"has no {option}")
    if prompt.get("asks") and not (proposal["questions"] or proposal["assumptions"]):
        wrong.append("asks nothing")
    return wrong


def ask(http: httpx.Client, prompt: dict[str, Any], repairs: int, seconds: float = 600) -> Outcome:
    """One prompt, to its end."""
    wanted = {"kind": "draft", "request": prompt["request"], "repairs": repairs}
    begun = http.post("/v1/ai/tasks", json=wanted).raise_for_status().json()
    ends = time.monotonic() + seconds
    task = begun
    while task["status"] == "working" and time.monotonic() < ends:
        time.sleep(0.1)
        task = http.get(f"/v1/ai/tasks/{begun['id']}").raise_for_status().json()
    return Outcome(prompt["id"], task, unmet(prompt, task))


def run(http: httpx.Client, repairs: int, at_once: int = 4) -> list[Outcome]:
    """Every prompt."""
    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(lambda prompt: ask(http, prompt, repairs), prompts()))


def report(outcomes: list[Outcome]) -> dict[str, Any]:
    """How many came how far."""
    reached = Counter(stage for outcome in outcomes for stage in outcome.reached)
    counts: dict[str, Any] = {stage: reached[stage] for stage in STAGES}
    counts["prompts"] = len(outcomes)
    counts["unmet"] = {o.id: o.unmet for o in outcomes if "met" not in o.reached}
    return counts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--token", required=True)
    parser.add_argument("--repairs", type=int, default=3)
    parser.add_argument("--record", type=Path, help="keeps the tasks as JSON")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    headers = {"authorization": f"Bearer {arguments.token}"}
    with httpx.Client(base_url=arguments.url, headers=headers, timeout=60) as http:
        found = {
            "with_repair": run(http, arguments.repairs),
            "without_repair": run(http, 0),
        }
    if arguments.record:
        kept = {name: [o.task for o in outcomes] for name, outcomes in found.items()}
        arguments.record.write_text(json.dumps(kept, indent=1))
    counts = {name: report(outcomes) for name, outcomes in found.items()}
    print(json.dumps(counts, indent=None if arguments.json else 2))


if __name__ == "__main__":
    main()
