"""One job of a connector in a process of its own: this file is run, not imported.

Reads a job as JSON from its input, writes the outcome as JSON to where its output was, and ends.
The connector's file is imported under limits on memory, processor time, files and their sizes;
what it prints goes to the error output.
"""

from __future__ import annotations

import importlib.util
import inspect
import json
import os
import sys
from pathlib import Path
from typing import Any


def load(file: Path) -> type[Any]:
    """The connector's class of a file: the one that is written there.

    Raises:
        LookupError: there is none, or more than one.
    """
    from statewright.sdk.connector import Connector

    spec = importlib.util.spec_from_file_location("connector_of_ones_own", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    own = [
        one
        for _, one in inspect.getmembers(module, inspect.isclass)
        if issubclass(one, Connector) and one.__module__ == spec.name
    ]
    if len(own) != 1:
        raise LookupError(f"{file.name} has {len(own)} classes that are a Connector, not one")
    return own[0]


def outcome(job: dict[str, Any]) -> dict[str, Any]:
    """What a job comes to: a manifest, or an operation's result."""
    from statewright.sdk.running import ERROR, run

    try:
        connector = load(Path(job["file"]))
        if job["do"] == "describe":
            from statewright.sdk.manifest import manifest_of

            return {"result": manifest_of(connector).model_dump(mode="json")}
    except Exception as error:
        return {"error": {"name": ERROR, "message": f"{type(error).__name__}: {error}"}}
    return run(connector, job["job"])


if __name__ == "__main__":
    said = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    received = json.load(sys.stdin)
    sys.path[:0] = received["path"]
    import statewright.sdk.running  # noqa: F401 - before the limits, which count what it maps
    from statewright.confinement import confine

    bound = int(received["limits"]["seconds"]) + 1
    confine(bound, bound + 1, received["limits"]["memory"], files=64)
    said.write(json.dumps(outcome(received)))
    said.flush()
