"""Prints the API's OpenAPI 3.1 document: every function's routes, merged.

The console's types are made of it.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from generate_api import EFFECTS, endpoints

_METHODS = ("get", "post", "put", "patch", "delete")


def document() -> dict[str, Any]:
    """The whole API, with each operation's permission."""
    paths: dict[str, dict[str, Any]] = {}
    schemas: dict[str, Any] = {}
    for _, function, app in endpoints():
        found = json.loads(app.get_openapi_json_schema(title="Statewright", version="1"))
        for path, item in found.get("paths", {}).items():
            for method in _METHODS:
                if method in item:
                    operation = item[method]
                    operation["operationId"] = function
                    if method == "get" and function in EFFECTS:
                        operation["x-unsafe"] = True
                    paths.setdefault(path, {})[method] = operation
        schemas |= found.get("components", {}).get("schemas", {})
    info = {"title": "Statewright", "version": "1"}
    return {"openapi": "3.1.0", "info": info, "paths": paths, "components": {"schemas": schemas}}


if __name__ == "__main__":
    json.dump(document(), sys.stdout, indent=1)
