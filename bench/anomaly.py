"""Anomaly detection on the Numenta Anomaly Benchmark, scored as NAB scores.

    .venv/bin/python bench/anomaly.py --data ../shared/timeseries/nab/data \\
        --windows ../shared/timeseries/nab/labels/combined_windows.json --json

Writes ``--detections`` (by default .bench/nab): for each file a CSV as NAB's own results have it
(timestamp, value, anomaly_score), so that the detections can be scored elsewhere.

The scoring is NAB's (Lavin and Ahmad, https://arxiv.org/abs/1510.03336): a detection within a
window is worth more the earlier it comes, a false one less the closer it follows a window, the
first 15 % of a file do not count, and one threshold is swept for all files of a profile.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from statewright.ai.series.anomalies import Values, scores

PROFILES = {  # true positive, false negative, false positive
    "standard": (1.0, 1.0, 0.11),
    "reward_low_FP_rate": (1.0, 1.0, 0.22),
    "reward_low_FN_rate": (1.0, 2.0, 0.11),
}
PUBLISHED = {  # standard profile, all of NAB's folders
    "ARTime": 74.9, "numenta": 70.1, "contextOSE": 69.9, "htmjava": 65.5, "numentaTM": 64.6,
    "earthgeckoSkyline": 58.2, "knncad": 58.0, "relativeEntropy": 54.6, "randomCutForest": 51.7,
    "twitterADVec": 47.1, "windowedGaussian": 39.6, "skyline": 35.7, "random": 16.8, "expose": 16.4,
    "null": 0.0,
}  # fmt: skip
Window = tuple[int, int]


@dataclass(frozen=True)
class Series:
    """A file of the benchmark, with the rows of its anomaly windows."""

    name: str
    times: list[str]
    values: Values
    windows: list[Window]

    @property
    def probation(self) -> int:
        """How many first rows do not count."""
        return math.floor(0.15 * min(len(self.values), 5_000))


def read(folder: Path, windows: Path) -> list[Series]:
    """The files of the folder that have windows (possibly none) in the list."""
    listed = json.loads(windows.read_text())
    return [
        _series(folder / name, name, spans)
        for name, spans in sorted(listed.items())
        if (folder / name).exists()
    ]


def _series(file: Path, name: str, spans: list[list[str]]) -> Series:
    with file.open() as source:
        rows = list(csv.DictReader(source))
    times = [row["timestamp"] for row in rows]
    at = [datetime.fromisoformat(time) for time in times]
    found = []
    for begin, end in spans:
        first, last = datetime.fromisoformat(begin), datetime.fromisoformat(end)
        inside = [i for i, moment in enumerate(at) if first <= moment <= last]
        if inside:
            found.append((inside[0], inside[-1]))
    return Series(name, times, np.array([float(row["value"]) for row in rows]), sorted(found))


def sigmoid(position: float) -> float:
    """From 1 well before the end of a window, over 0 at its end, to -1 well after it."""
    return -1.0 if position > 3 else 2 / (1 + math.exp(5 * position)) - 1


def worths(series: Series) -> Iterator[tuple[int, int | None, float]]:
    """Row, its window, and what a detection there is worth: 1 at a window's begin, -1 far away."""
    best, last, upcoming = sigmoid(-1.0), None, 0
    for row in range(len(series.values)):
        while upcoming < len(series.windows) and row > series.windows[upcoming][1]:
            last, upcoming = series.windows[upcoming], upcoming + 1
        inside = upcoming < len(series.windows) and row >= series.windows[upcoming][0]
        if inside:
            begin, end = series.windows[upcoming]
            yield row, upcoming, sigmoid(-(end - row + 1) / (end - begin + 1)) / best
        elif last is None:
            yield row, None, -1.0
        else:
            yield row, None, sigmoid((row - last[1]) / max(last[1] - last[0], 1))


def sweep(
    found: list[tuple[Series, Values]], profile: tuple[float, float, float]
) -> tuple[float, float]:
    """The best normalized score over all thresholds, and that threshold."""
    tp, fn, fp = profile
    rows = [
        (score[row], index, window, worth)
        for index, (series, score) in enumerate(found)
        for row, window, worth in worths(series)
        if row >= series.probation
    ]
    rows.sort(key=lambda entry: -entry[0])
    count = sum(len(series.windows) for series, _ in found)
    raw = best = -fn * count
    threshold, caught = math.inf, dict[tuple[int, int], float]()
    for position, (score, index, window, worth) in enumerate(rows):
        if window is None:
            raw += fp * worth
        else:
            before = caught.get((index, window), -fn)
            caught[index, window] = max(before, tp * worth)
            raw += caught[index, window] - before
        is_last = position + 1 == len(rows) or rows[position + 1][0] < score
        if is_last and raw > best:
            best, threshold = raw, float(score)
    return 100 * (best + fn * count) / (tp * count + fn * count), threshold


def run(data: Path, windows: Path, detections: Path) -> dict[str, Any]:
    began = time.perf_counter()
    every = read(data, windows)
    found = [(series, scores(series.values, series.probation)) for series in every]
    seconds = time.perf_counter() - began
    for series, score in found:
        write(detections, series, score)
    swept = {name: sweep(found, profile) for name, profile in PROFILES.items()}
    middle = sorted(PUBLISHED.values())[len(PUBLISHED) // 2]
    return {
        "folders": sorted({series.name.split("/")[0] for series in every}),
        "files": len(every),
        "windows": sum(len(series.windows) for series in every),
        "score": {name: round(score, 2) for name, (score, _) in swept.items()},
        "threshold": {name: threshold for name, (_, threshold) in swept.items()},
        "published_middle": middle,
        "published": PUBLISHED,
        "detections": str(detections),
        "microseconds_per_value": round(1e6 * seconds / sum(len(s.values) for s in every), 1),
    }


def write(folder: Path, series: Series, score: Values) -> None:
    """A file of NAB's results; scores from 0 to 1."""
    file = folder / series.name
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", newline="") as target:
        table = csv.writer(target)
        table.writerow(["timestamp", "value", "anomaly_score"])
        table.writerows(zip(series.times, series.values, score / 50, strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--windows", type=Path, required=True)
    parser.add_argument("--detections", type=Path, default=Path(".bench/nab"))
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    found = run(arguments.data, arguments.windows, arguments.detections)
    if arguments.json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        print(f"{name:22} {value}")


if __name__ == "__main__":
    main()
