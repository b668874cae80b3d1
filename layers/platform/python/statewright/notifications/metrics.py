"""What becomes of deliveries, as CloudWatch metrics by channel and template.

Written to the log in the Embedded Metric Format, from which CloudWatch makes them: nothing waits.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format.html
"""

from __future__ import annotations

from aws_lambda_powertools.metrics import MetricUnit, single_metric

NAMESPACE = "Statewright/Notifications"


def count(channel: str, template: str | None, status: str, deliveries: int = 1) -> None:
    """Counts deliveries that have a new status."""
    name = status.capitalize()
    with single_metric(
        name=name, unit=MetricUnit.Count, value=deliveries, namespace=NAMESPACE
    ) as metric:
        metric.add_dimension(name="channel", value=channel)
        metric.add_dimension(name="template", value=template or "none")
