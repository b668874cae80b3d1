"""What 1,000 executions cost on AWS, in three shapes, and what a deployment costs at rest.

Run: python bench/costs.py [--json] [--write] [--measure]
``--write`` puts the tables into docs/costs.md; ``--measure`` counts invocations on a local cloud again.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
import cost_measure
import harness
from cost_prices import AWS, HOURS, PEERS, Plan
from cost_shapes import SHAPES, Shape

from localcloud.resources import ACCOUNT, REGION, attribute_of
from localcloud.template import Resource, Stack
from statewright.prices import express_chunks
from statewright.workflows.compiler import compile_definition
from statewright.workflows.parsing import parse_definition

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/costs.md"
CALLS = Path(__file__).with_name("cost_calls.json")
STEP_SECONDS, OTHER_SECONDS = 0.30, 0.10
"""Assumed billed time of a function that calls somebody, and of one that asks the database alone."""
LOG_GB = 2_000 / 2**30
"""Logged by one invocation: Lambda's own report and two lines of ours."""
EVENT_GB = 400 / 2**30
"""An event of an Express execution in its log: two for each state, its beginning and its end."""
TRACED = 0.05
QUEUE_REQUESTS = 3
"""A message is sent, received and deleted."""
ROW_GB, ROW_IOS = 6_000 / 2**30, 40
"""What an execution leaves in the database, and the reads and writes of its storage."""
POLLS = 5 * 3 * 60 * HOURS
"""Requests a month with which Lambda asks an empty queue: five pollers, twenty seconds each."""
PREFIX = "statewright-"


def dollars(price: str, count: float) -> float:
    """So many units at list price."""
    return AWS[price].dollars * count


# -- the template --------------------------------------------------------------------------------


@cache
def resources() -> tuple[Resource, ...]:
    """Everything that the template makes."""
    values = {"AWS::StackName": "statewright", "AWS::Region": REGION, "AWS::AccountId": ACCOUNT}
    values |= {"AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com"}
    values |= {"DatabaseUrl": "x", "BaseUrl": "x", "MailFrom": "x"}
    return tuple(Stack(ROOT / "template.yaml", values, attribute_of).resources())


@dataclass(frozen=True, slots=True)
class Function:
    """What of a function matters for its cost."""

    gigabytes: float
    queue: bool
    monthly: float
    """How often its schedule calls it in a month."""
    path: bool
    """Executions wait for it: it has a snapshot with ``SnapStart=path``."""


@cache
def functions() -> dict[str, Function]:
    """Name without prefix → function."""
    found = {}
    for one in resources():
        if one.kind == "AWS::Serverless::Function":
            name = one.properties["FunctionName"].removeprefix(PREFIX)
            events = list(one.properties.get("Events", {}).values())
            found[name] = Function(
                one.properties["MemorySize"] / 1024,
                any(event["Type"] == "SQS" for event in events),
                sum(_monthly(event) for event in events),
                name.startswith("steps-") or name in _path_functions(),
            )
    return found


@cache
def _path_functions() -> frozenset[str]:
    text = "".join(file.read_text() for file in (ROOT / "infra/stacks").glob("*.yaml"))
    marked = r'\$\{Prefix\}-([\w-]+)"\n +SnapStart: \{ApplyOn: !Ref PathSnapStart\}'
    return frozenset(re.findall(marked, text))


def _monthly(event: dict[str, Any]) -> float:
    if event["Type"] != "ScheduleV2":
        return 0
    rate = re.fullmatch(
        r"rate\((\d+) (minute|hour|day)s?\)", event["Properties"]["ScheduleExpression"]
    )
    if rate is None:
        return HOURS / 24  # once a day, at the most once an hour: too little to matter
    return HOURS / ({"minute": 1 / 60, "hour": 1, "day": 24}[rate[2]] * int(rate[1]))


@cache
def endpoints() -> frozenset[str]:
    """Functions behind the REST API."""
    text = (ROOT / "infra/api.yaml").read_text()
    return frozenset(re.findall(r"\$\{AWS::StackName\}-([\w-]+):live/invocations", text))


def count(kind: str) -> int:
    """How many resources of a type there are."""
    return sum(one.kind == kind for one in resources())


# -- for 1,000 executions ------------------------------------------------------------------------


def per_thousand(shape: Shape, calls: dict[str, float], *, express: bool) -> dict[str, float]:
    """Part of the bill → dollars for 1,000 executions."""
    report = compile_definition(parse_definition(shape.definition)).report
    if express:
        chunks = express_chunks(round((shape.seconds or 0) * 1000))
        states = dollars("express_request", 1) + dollars("express_chunk", chunks)
        events = 2 + 2 * (report.transitions[1] or 0)
    else:
        events = 0  # its history is kept by Step Functions
        states = dollars("transition", report.transitions[1] or 0)  # each shape has a most
    known = functions()
    invocations = sum(calls.values())
    messages = sum(number for name, number in calls.items() if known[name].queue)
    one = {
        "Step Functions": states,
        "Lambda": sum(number * _invocation(name) for name, number in calls.items()),
        "API Gateway": dollars("api_request", sum(n for f, n in calls.items() if f in endpoints())),
        "SQS, SNS": dollars("sqs_request", QUEUE_REQUESTS * messages)
        + dollars("sns_request", shape.emails),
        "logs, traces": dollars("log_gb", LOG_GB * invocations + EVENT_GB * events)
        + dollars("trace", TRACED * invocations),
        "database": dollars("database_gb", ROW_GB) + dollars("database_io", ROW_IOS),
        "e-mail": dollars("email", shape.emails),
    }
    return {part: 1000 * price for part, price in one.items()}


def _invocation(name: str) -> float:
    seconds = STEP_SECONDS if name.startswith("steps-") else OTHER_SECONDS
    gigabytes = functions()[name].gigabytes
    return dollars("lambda_request", 1) + dollars("lambda_gb_second", gigabytes * seconds)


# -- at rest ---------------------------------------------------------------------------------------


def at_rest() -> dict[str, float]:
    """Part of the monthly bill of a deployment that nobody uses → dollars. Managed database."""
    scheduled = {name: f.monthly for name, f in functions().items() if f.monthly}
    runs = sum(scheduled.values())
    return {
        "Aurora, two instances at half a unit": dollars("acu_hour", 2 * 0.5 * HOURS),
        "RDS Proxy, eight units at least": dollars("proxy_acu_hour", 8 * HOURS),
        "NAT gateway and its address": dollars("nat_hour", HOURS) + dollars("address_hour", HOURS),
        "schedules and their functions": sum(n * _invocation(f) for f, n in scheduled.items())
        + dollars("schedule", runs)
        + dollars("log_gb", LOG_GB * runs),
        "Lambda asking empty queues": dollars(
            "sqs_request", POLLS * sum(f.queue for f in functions().values())
        ),
        "alarms, metrics, dashboards": dollars("alarm", count("AWS::CloudWatch::Alarm") + 2)
        + dollars("metric", count("AWS::Logs::MetricFilter"))
        + dollars("dashboard", count("AWS::CloudWatch::Dashboard")),
        "keys and secrets": dollars("key", 3) + dollars("secret", 3),
    }


def snapshots(which: str) -> float:
    """What keeping snapshots costs a month, with ``SnapStart`` ``path`` or ``all``."""
    kept = sum(f.gigabytes for f in functions().values() if which == "all" or f.path)
    return dollars("snapshot_gb_second", kept * HOURS * 3600)


# -- beside peers ----------------------------------------------------------------------------------


def of_peer(plan: Plan, shape: Shape) -> float:
    """What a plan asks for 1,000 executions, when all that it includes is used."""
    return 1000 * shape.units[plan.counts] * plan.price / plan.units


def findings() -> dict[str, Any]:
    """All figures."""
    calls = json.loads(CALLS.read_text())
    shapes: dict[str, Any] = {}
    for shape, counted in zip(SHAPES, calls, strict=True):
        kinds = {"Standard": False} | ({"Express": True} if shape.seconds is not None else {})
        shapes[shape.name] = {
            kind: per_thousand(shape, counted, express=express) for kind, express in kinds.items()
        }
    rest = at_rest()
    return {
        "per_1000": shapes,
        "at_rest": rest,
        "at_rest_total": sum(rest.values()),
        "snapshots": {which: snapshots(which) for which in ("path", "all")},
        "peers": {
            f"{plan.peer}, {plan.plan}": {shape.name: of_peer(plan, shape) for shape in SHAPES}
            for plan in PEERS
        },
    }


# -- the page --------------------------------------------------------------------------------------


def tables(found: dict[str, Any]) -> str:
    """The figures as Markdown."""
    return "\n".join([*_shapes(found), "", *_rest(found), "", *_peers(found), "", *_prices()])


def _shapes(found: dict[str, Any]) -> list[str]:
    rows = [
        (name, kind, parts)
        for name, kinds in found["per_1000"].items()
        for kind, parts in kinds.items()
    ]
    parts = list(rows[0][2])
    lines = [
        f"| 1,000 executions, USD | | {' | '.join(parts)} | together |",
        "|---" * (len(parts) + 3) + "|",
    ]
    for name, kind, priced in rows:
        cells = [f"{value:.3f}" for value in priced.values()]
        lines.append(f"| {name} | {kind} | {' | '.join(cells)} | **{sum(priced.values()):.2f}** |")
    return lines


def _rest(found: dict[str, Any]) -> list[str]:
    lines = ["| at rest, USD a month | |", "|---|---|"]
    lines += [f"| {part} | {value:.2f} |" for part, value in found["at_rest"].items()]
    own = found["at_rest_total"] - sum(list(found["at_rest"].values())[:3])
    lines.append(f"| **together** | **{found['at_rest_total']:.2f}** |")
    lines.append(f"| with a PostgreSQL of your own, without its price | {own:.2f} |")
    lines += [
        f"| besides, with `SnapStart={which}` | {value:.2f} |"
        for which, value in found["snapshots"].items()
    ]
    return lines


def _peers(found: dict[str, Any]) -> list[str]:
    lines = [
        "| 1,000 executions | counted by | "
        + " | ".join(s.name.split(":")[0] for s in SHAPES)
        + " | page, seen |",
        "|---" * (len(SHAPES) + 3) + "|",
    ]
    for plan in PEERS:
        asked = found["peers"][f"{plan.peer}, {plan.plan}"].values()
        cells = " | ".join(f"{value:.2f} {plan.currency}" for value in asked)
        lines.append(
            f"| {plan.peer}, {plan.plan} | {plan.counts} | {cells} | {plan.page}, {plan.seen} |"
        )
    return lines


def _prices() -> list[str]:
    lines = ["| USD | for one | page |", "|---|---|---|"]
    for price in AWS.values():
        amount = f"{price.dollars:.10f}".rstrip("0").rstrip(".")
        lines.append(f"| {amount} | {price.unit} | https://aws.amazon.com/{price.page}/pricing/ |")
    return lines


BEGIN, END = "<!-- bench/costs.py --write -->\n", "\n<!-- end -->"


def page_with(text: str, found: dict[str, Any]) -> str:
    """The page with its tables made anew."""
    before, _, rest = text.partition(BEGIN)
    return before + BEGIN + tables(found) + END + rest.partition(END)[2]


def main() -> None:
    """Prints the tables, or what is asked for."""
    options = harness.arguments(__doc__ or "")
    options.add_argument("--write", action="store_true", help="put the tables into docs/costs.md")
    options.add_argument("--measure", action="store_true", help="count invocations again")
    chosen = options.parse_args()
    if chosen.measure:
        scheduled = {name for name, one in functions().items() if one.monthly}
        counted: list[Counter[str]] = cost_measure.measure(SHAPES, scheduled)
        CALLS.write_text(json.dumps(counted, indent=1, sort_keys=True) + "\n")
    found = findings()
    if chosen.write:
        PAGE.write_text(page_with(PAGE.read_text(), found))
    print(json.dumps(found) if chosen.json else tables(found))


if __name__ == "__main__":
    main()
