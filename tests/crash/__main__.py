"""``make crash``: one long run, its result as a line of JSON; the exit code says whether all held."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from localcloud.database import EmbeddedDatabase
from tests.crash.run import run

SEED = 20261123


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="statewright-crash-") as folder:
        Path(folder).chmod(0o755)  # PostgreSQL does not run as root
        database = EmbeddedDatabase(Path(folder) / "postgres")
        try:
            result = run(database.start(), options.seed, options.kills)
        finally:
            database.stop()
    sys.stdout.write(json.dumps(result.as_json()) + "\n")
    return 1 if result.violations else 0


if __name__ == "__main__":
    sys.exit(main())
