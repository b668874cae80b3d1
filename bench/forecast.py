"""Forecasts on M4's hourly series, as the competition measured: sMAPE, MASE, coverage.

    .venv/bin/python bench/forecast.py --data ../shared/timeseries/m4 --json

``--data``: a folder with Hourly-train.csv.gz and Hourly-test.csv.gz.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import time
from pathlib import Path
from typing import Any

import numpy as np

from statewright.ai.series.forecasting import Values, forecast, mase, smape

SEASON, HORIZON, LEVEL = 24, 48, 0.95
PUBLISHED = {  # on all 414 hourly series
    "naive2": {"smape": 18.383, "mase": 2.395},
    "winner (Smyl)": {"smape": 9.328, "mase": 0.893},
}


def read(file: Path) -> dict[str, Values]:
    with gzip.open(file, "rt") as source:
        rows = list(csv.reader(source))[1:]
    return {row[0]: np.array([float(x) for x in row[1:] if x not in ("", "NA")]) for row in rows}


def measure(past: Values, actual: Values) -> dict[str, float]:
    found = forecast(past, len(actual), (SEASON, 7 * SEASON), LEVEL, floor=0.0)
    naive = np.resize(past[-SEASON:], len(actual))
    return {
        "smape": smape(actual, found.mean),
        "mase": mase(past, actual, found.mean, SEASON),
        "coverage": float(np.mean((found.low <= actual) & (actual <= found.high))),
        "width": float(np.mean(found.high - found.low) / (np.mean(np.abs(actual)) or 1)),
        "naive_smape": smape(actual, naive),
        "naive_mase": mase(past, actual, naive, SEASON),
    }


def run(folder: Path, every: int = 1) -> dict[str, Any]:
    train, test = read(folder / "Hourly-train.csv.gz"), read(folder / "Hourly-test.csv.gz")
    began, names = time.perf_counter(), list(train)[::every]
    rows = [measure(train[name], test[name][:HORIZON]) for name in names]
    mean = {key: round(float(np.mean([row[key] for row in rows])), 3) for key in rows[0]}
    return {
        "series": len(rows),
        "smape": mean["smape"],
        "mase": mean["mase"],
        "coverage": {"level": LEVEL, "measured": mean["coverage"], "relative_width": mean["width"]},
        "seasonal_naive": {"smape": mean["naive_smape"], "mase": mean["naive_mase"]},
        "published": PUBLISHED,
        "seconds_per_series": round((time.perf_counter() - began) / len(rows), 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--every", type=int, default=1, help="take each n-th series only")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    found = run(arguments.data, arguments.every)
    if arguments.json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        print(f"{name:20} {value}")


if __name__ == "__main__":
    main()
