"""``make crash``: two long runs, a line of JSON for each; the exit code says whether all held
and whether paused processes were fenced off at all.

First one process dies again and again, then several that share a database, which are paused too.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from localcloud.database import EmbeddedDatabase
from tests.crash.run import Result, run
from tests.crash.together import run_together

SEED = 20261123


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="of one process by itself")
    parser.add_argument("--together", type=int, default=150, help="of three on one database")
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    runs = {"one process": (run, options.kills), "several": (run_together, options.together)}
    whole = True
    for name, (suffer, kills) in runs.items():
        if kills:
            result = _in_a_new_database(suffer, options.seed, kills)
            sys.stdout.write(json.dumps({"run": name, **result.as_json()}) + "\n")
            fenced = result.writes_fenced or not any("pause" in how for how in result.kills)
            whole = whole and not result.violations and bool(fenced)
    return 0 if whole else 1


def _in_a_new_database(suffer: Callable[[str, int, int], Result], seed: int, kills: int) -> Result:
    with tempfile.TemporaryDirectory(prefix="statewright-crash-") as folder:
        Path(folder).chmod(0o755)  # PostgreSQL does not run as root
        database = EmbeddedDatabase(Path(folder) / "postgres")
        try:
            return suffer(database.start(), seed, kills)
        finally:
            database.stop()


if __name__ == "__main__":
    sys.exit(main())
