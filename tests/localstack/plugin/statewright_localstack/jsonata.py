"""JSONata without a Java machine: LocalStack's own evaluator starts one and downloads it first."""

from __future__ import annotations

import functools
import hashlib
import json
import sys
import uuid
from typing import Any

from localstack.runtime import hooks


@hooks.on_infra_start()
def statewright_jsonata() -> None:
    """Replaces the evaluator and the form in which variables are handed to it."""
    from localstack.services.stepfunctions.asl.component.intrinsic import jsonata as intrinsic
    from localstack.services.stepfunctions.asl.jsonata import jsonata
    from localstack.services.stepfunctions.asl.utils import json_path

    theirs = jsonata.encode_jsonata_variable_declarations
    jsonata._eval_jsonata = _evaluate
    json_path.parse = functools.cache(json_path.parse)
    for name in ("$uuid", "$hash"):
        intrinsic._DECLARATION_BY_VARIABLE_REFERENCE.pop(name, None)
    for module in list(sys.modules.values()):
        if getattr(module, "encode_jsonata_variable_declarations", None) is theirs:
            module.encode_jsonata_variable_declarations = _declared


def _evaluate(expression: str) -> Any:
    from jsonata import Jsonata
    from localstack.services.stepfunctions.asl.jsonata.jsonata import JSONataException

    try:
        compiled = Jsonata(expression)
        compiled.register_lambda("uuid", lambda: str(uuid.uuid4()))
        compiled.register_lambda("hash", _hash)
        return json.loads(json.dumps(compiled.evaluate(None)))
    except Exception as error:
        raise JSONataException("UNKNOWN", str(error)) from error


def _hash(value: str, algorithm: str) -> str:
    return hashlib.new(algorithm.replace("-", ""), value.encode()).hexdigest()


def _declared(bindings: dict[str, Any]) -> str:
    from localstack.services.stepfunctions.asl.utils.encoding import to_json_str

    return "".join(f"{name}:={to_json_str(value)};" for name, value in bindings.items())
