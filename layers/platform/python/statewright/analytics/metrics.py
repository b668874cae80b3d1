"""CloudWatch metrics, in the embedded format: a line of the log that CloudWatch makes metrics of.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import (
    AmazonCloudWatchEMFProvider,
)

from statewright import world
from statewright.settings import settings

NAMESPACE = "Statewright"


def ingested(details: Sequence[dict[str, Any]]) -> None:
    """Puts out what a batch of status events says: executions by status, and how late it was."""
    if not details:
        return
    metrics = AmazonCloudWatchEMFProvider(namespace=NAMESPACE, service=settings().prefix)
    now = world.now().timestamp() * 1000
    lag = max(now - (detail.get("stopDate") or detail["startDate"]) for detail in details)
    for status, count in Counter(str(detail["status"]) for detail in details).items():
        name = "Executions" + status.title().replace("_", "")
        metrics.add_metric(name, MetricUnit.Count, count)
    metrics.add_metric("AnalyticsLag", MetricUnit.Milliseconds, max(0.0, lag))
    metrics.add_metric("AnalyticsEvents", MetricUnit.Count, len(details))
    metrics.flush_metrics()
