"""Writes infra/stacks/alarms.yaml: an alarm for each queue of the services, the API's, a dashboard.

Run it (``make api``) after adding a queue; a test fails while the file is stale.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from localcloud.template import read

STACKS = Path(__file__).resolve().parent / "stacks"
TARGET = STACKS / "alarms.yaml"
_HEADER = "# Generated from the other stacks' queues: change those, then `make api`.\n"
_PREFIX = "${Prefix}-"
Widget = dict[str, Any]


def queues() -> Iterator[tuple[str, int | None]]:
    """Name of every queue, and how long its oldest message may be; None for dead letters.

    A message that is five times its visibility time old was taken in vain, or by nobody.
    """
    for file in sorted(STACKS.glob("*.yaml")):
        for resource in read(file)["Resources"].values():
            if resource["Type"] == "AWS::SQS::Queue":
                properties = resource["Properties"]
                name = properties["QueueName"]["Fn::Sub"].removeprefix(_PREFIX)
                dead = "RedrivePolicy" not in properties
                yield name, None if dead else max(300, 5 * properties["VisibilityTimeout"])


def services() -> list[str]:
    """The stacks that have functions."""
    return [
        file.stem
        for file in sorted(STACKS.glob("*.yaml"))
        if "Globals" in read(file) and file != TARGET
    ]


def _alarm(name: str, says: str, runbook: str, metric: dict[str, Any]) -> dict[str, Any]:
    shared = {
        "AlarmName": {"Fn::Sub": f"{_PREFIX}{name}"},
        "AlarmDescription": f"{says} Runbook: docs/runbooks.md#{runbook}",
        "AlarmActions": [{"Ref": "AlarmTopicArn"}],
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
    }
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": {**shared, **metric}}


def _metric(name: str, metric: str, period: int, times: int, threshold: float) -> dict[str, Any]:
    return {
        "Namespace": "AWS/SQS",
        "MetricName": metric,
        "Dimensions": [{"Name": "QueueName", "Value": {"Fn::Sub": f"{_PREFIX}{name}"}}],
        "Statistic": "Maximum",
        "Period": period,
        "EvaluationPeriods": times,
        "Threshold": threshold,
    }


def _of_queue(name: str, oldest: int | None) -> dict[str, Any]:
    if oldest is None:
        metric = _metric(name, "ApproximateNumberOfMessagesVisible", 60, 1, 0)
        return _alarm(
            f"{name}-letters", f"Messages of {name} were given up.", "dead-letters", metric
        )
    metric = _metric(name, "ApproximateAgeOfOldestMessage", 60, 5, oldest)
    return _alarm(f"{name}-age", f"Messages of {name} wait too long.", "old-messages", metric)


def _of_api(metric: str, statistic: str, threshold: float) -> dict[str, Any]:
    kind = "ExtendedStatistic" if statistic.startswith("p") else "Statistic"
    return {
        "Namespace": "AWS/ApiGateway",
        "MetricName": metric,
        "Dimensions": [
            {"Name": "ApiName", "Value": {"Ref": "ApiName"}},
            {"Name": "Stage", "Value": {"Ref": "Stage"}},
        ],
        kind: statistic,
        "Period": 60,
        "EvaluationPeriods": 5,
        "DatapointsToAlarm": 3,
        "Threshold": threshold,
    }


def resources() -> dict[str, Any]:
    """Alarms and dashboard by logical id."""
    found = {
        "ApiErrors": _alarm(
            "api-errors",
            "More than 1 % of calls fail.",
            "api",
            _of_api("5XXError", "Average", 0.01),
        ),
        "ApiLatency": _alarm(
            "api-latency",
            "A call in a hundred takes over 5 s.",
            "api",
            _of_api("Latency", "p99", 5000),
        ),
    }
    for name, oldest in queues():
        found["".join(part.title() for part in name.split("-"))] = _of_queue(name, oldest)
    found["Dashboard"] = {
        "Type": "AWS::CloudWatch::Dashboard",
        "Properties": {
            "DashboardName": {"Ref": "Prefix"},
            "DashboardBody": {"Fn::Sub": json.dumps(_dashboard())},
        },
    }
    return found


def _dashboard() -> dict[str, Any]:
    api = ["ApiName", "${ApiName}", "Stage", "${Stage}"]
    rows = [
        ("Calls", [["AWS/ApiGateway", name, *api] for name in ("Count", "4XXError", "5XXError")]),
        ("Latency, p99", [["AWS/ApiGateway", "Latency", *api, {"stat": "p99"}]]),
        ("Failures", [["${Prefix}", f"{service}-failures"] for service in services()]),
        ("Oldest message, s", _of_queues("ApproximateAgeOfOldestMessage", dead=False)),
        ("Dead letters", _of_queues("ApproximateNumberOfMessagesVisible", dead=True)),
    ]
    return {"widgets": [_widget(index, *row) for index, row in enumerate(rows)]}


def _of_queues(metric: str, *, dead: bool) -> list[list[str]]:
    return [
        ["AWS/SQS", metric, "QueueName", f"{_PREFIX}{name}"]
        for name, oldest in queues()
        if (oldest is None) == dead
    ]


def _widget(index: int, title: str, metrics: list[list[Any]]) -> Widget:
    place = {"x": 12 * (index % 2), "y": 6 * (index // 2), "width": 12, "height": 6}
    shown = {"title": title, "metrics": metrics, "region": "${AWS::Region}", "period": 60}
    return {"type": "metric", **place, "properties": {**shown, "stat": "Sum"}}


def text() -> str:
    """The file's content."""
    names = ("Prefix", "ApiName", "Stage", "AlarmTopicArn")
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "Statewright: alarms and dashboard",
        "Parameters": {name: {"Type": "String"} for name in names},
        "Resources": resources(),
    }
    return _HEADER + yaml.safe_dump(template, sort_keys=False, width=100)


if __name__ == "__main__":
    TARGET.write_text(text())
