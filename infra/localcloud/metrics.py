"""Metrics of the local cloud in Prometheus' text format: what CloudWatch would show on AWS.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from psycopg_pool import ConnectionPool

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_LONG = (0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 21600, 86400)
_QUEUES = """
    SELECT queue, count(*), coalesce(extract(epoch FROM now()) * 1000 - min(sent_at), 0)
    FROM localcloud.messages GROUP BY queue
"""


class Metrics:
    """Counts what this process does; queues are counted when somebody looks."""

    def __init__(self, pool: ConnectionPool[Any], queues: Callable[[], Sequence[str]]):
        self._registry = CollectorRegistry()
        made: dict[str, Any] = {"registry": self._registry}
        self._requests = Counter(
            "statewright_http_requests", "Requests.", ["method", "route", "status"], **made
        )
        self._latency = Histogram(
            "statewright_http_seconds", "Time to answer.", ["route"], buckets=_BUCKETS, **made
        )
        self._invocations = Counter(
            "statewright_function_invocations", "Invocations.", ["function", "outcome"], **made
        )
        self._executions = Counter(
            "statewright_executions", "Executions by what they came to.", ["status"], **made
        )
        self._durations = Histogram(
            "statewright_execution_seconds", "Executions' durations.", buckets=_LONG, **made
        )
        self._registry.register(_Queues(pool, queues))
        # Looking a child up by its labels costs more than counting; labels are the template's.
        self._requested = cache(self._requests.labels)
        self._took = cache(self._latency.labels)
        self._invoked = cache(self._invocations.labels)

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Counts an answered request."""
        self._requested(method, route, str(status)).inc()
        self._took(route).observe(seconds)

    def invocation(self, function: str, outcome: str) -> None:
        """Counts an invocation: ``succeeded`` or ``failed``."""
        self._invoked(function, outcome).inc()

    def event(self, event: dict[str, Any]) -> None:
        """Counts an execution's beginning or end."""
        if event["detail-type"] != "Step Functions Execution Status Change":
            return
        detail = event["detail"]
        status = str(detail["status"]).lower()
        self._executions.labels("started" if status == "running" else status).inc()
        if detail.get("stopDate"):
            self._durations.observe((detail["stopDate"] - detail["startDate"]) / 1000)

    def text(self, accept: str) -> tuple[bytes, str]:
        """All metrics, and their content type, as the reader's Accept header wants them."""
        encode, content_type = choose_encoder(accept)
        return encode(self._registry), content_type


class _Queues:
    """Depth and age of every queue, looked up at each scrape."""

    def __init__(self, pool: ConnectionPool[Any], queues: Callable[[], Sequence[str]]):
        self._pool = pool
        self._queues = queues

    def describe(self) -> list[Any]:
        """Nothing ahead of time: describing must not ask the database."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The gauges of now."""
        with self._pool.connection() as connection:
            found = {row[0]: (row[1], row[2]) for row in connection.execute(_QUEUES)}
        depth = GaugeMetricFamily("statewright_queue_messages", "Messages.", labels=["queue"])
        age = GaugeMetricFamily(
            "statewright_queue_oldest_seconds", "Age of the oldest message.", labels=["queue"]
        )
        for queue in sorted({*self._queues(), *found}):
            count, milliseconds = found.get(queue, (0, 0))
            depth.add_metric([queue], count)
            age.add_metric([queue], max(0.0, float(milliseconds) / 1000))
        yield depth
        yield age
