"""Public list prices: AWS in us-east-1 without any free tier, and what peers ask.

AWS's prices are those of its price pages, linked below, as of 2026-11; peers' plans are as their
pages were quoted at the dates below, in their own currency, paid by the year.
"""

from __future__ import annotations

from dataclasses import dataclass

from statewright import prices

HOURS = 730
"""Of a month, as AWS reckons."""


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for one unit."""

    dollars: float
    unit: str
    page: str


_M = 1 / 1_000_000
AWS = {
    "transition": Price(float(prices.TRANSITION), "state transition", "step-functions"),
    "express_request": Price(float(prices.EXPRESS_REQUEST), "Express execution", "step-functions"),
    "express_chunk": Price(
        float(prices.EXPRESS_CHUNK), "100 ms and 64 MB of an Express execution", "step-functions"
    ),
    "lambda_request": Price(float(prices.LAMBDA_REQUEST), "invocation", "lambda"),
    "lambda_gb_second": Price(0.0000133334, "GB-second on arm64", "lambda"),
    "snapshot_gb_second": Price(0.0000015046, "GB-second that a snapshot is kept", "lambda"),
    "api_request": Price(3.50 * _M, "request to a REST API", "api-gateway"),
    "sqs_request": Price(0.40 * _M, "request to a standard queue", "sqs"),
    "sns_request": Price(0.50 * _M, "message published", "sns"),
    "schedule": Price(1.00 * _M, "invocation by EventBridge Scheduler", "eventbridge"),
    "email": Price(0.10 / 1000, "e-mail", "ses"),
    "log_gb": Price(0.50, "GB of logs taken in", "cloudwatch"),
    "metric": Price(0.30, "custom metric and month", "cloudwatch"),
    "alarm": Price(0.10, "alarm and month", "cloudwatch"),
    "dashboard": Price(3.00, "dashboard and month", "cloudwatch"),
    "trace": Price(5.00 * _M, "trace recorded", "xray"),
    "key": Price(1.00, "KMS key and month", "kms"),
    "secret": Price(0.40, "secret and month", "secrets-manager"),
    "acu_hour": Price(0.12, "hour of an Aurora capacity unit", "rds/aurora"),
    "proxy_acu_hour": Price(0.015, "hour of RDS Proxy for a capacity unit", "rds/proxy"),
    "database_gb": Price(0.10, "GB in Aurora and month", "rds/aurora"),
    "database_io": Price(0.20 * _M, "read or write of Aurora's storage", "rds/aurora"),
    "nat_hour": Price(0.045, "hour of a NAT gateway", "vpc"),
    "address_hour": Price(0.005, "hour of a public IPv4 address", "vpc"),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What a peer asks by the month, and for how many of what it counts."""

    peer: str
    plan: str
    counts: str
    price: float
    currency: str
    units: int
    page: str
    seen: str


PEERS = (
    Plan(
        "n8n Cloud", "Starter", "executions", 20, "EUR", 2_500, "https://n8n.io/pricing/", "2026-08"
    ),
    Plan("n8n Cloud", "Pro", "executions", 50, "EUR", 10_000, "https://n8n.io/pricing/", "2026-08"),
    Plan(
        "n8n Cloud",
        "Business",
        "executions",
        667,
        "EUR",
        40_000,
        "https://n8n.io/pricing/",
        "2026-08",
    ),
    Plan(
        "Zapier",
        "Professional 2,000",
        "tasks",
        49,
        "USD",
        2_000,
        "https://zapier.com/pricing",
        "2026-08",
    ),
    Plan(
        "Zapier",
        "Professional 10,000",
        "tasks",
        129,
        "USD",
        10_000,
        "https://zapier.com/pricing",
        "2026-08",
    ),
    Plan(
        "Zapier",
        "Professional 100,000",
        "tasks",
        489,
        "USD",
        100_000,
        "https://zapier.com/pricing",
        "2026-08",
    ),
    Plan(
        "Make",
        "Core 10,000",
        "credits",
        12,
        "USD",
        10_000,
        "https://www.make.com/en/pricing",
        "2026-08",
    ),
    Plan(
        "Temporal Cloud",
        "pay as you go",
        "actions",
        50,
        "USD",
        1_000_000,
        "https://docs.temporal.io/cloud/pricing",
        "2026-11",
    ),
)
