"""Runs in the functions' Python: imports what they share, then forks one process per asking.

Ends with LocalStack, whose end closes this process's input.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import socket
import sys
import threading

SHARED = (
    "boto3",
    "botocore.client",
    "cryptography.hazmat.primitives.ciphers.aead",
    "httpx",
    "jsonschema_rs",
    "psycopg_pool",
    "statewright.http.api",
)


def serve(path: str) -> None:
    """Answers each connection with the id of a new process."""
    for module in SHARED:
        importlib.import_module(module)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them: no zombies
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(path)
    listener.listen(128)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.stdout.write("listening\n")
    sys.stdout.flush()
    while True:
        connection, _ = listener.accept()
        with connection.makefile("rb") as asked:
            wanted = json.loads(asked.readline())
        pid = os.fork()
        if pid == 0:
            listener.close()
            os.set_inheritable(connection.fileno(), False)
            _become(wanted)
        connection.sendall(f"{pid}\n".encode())
        connection.close()  # the child's copy stays open until it ends


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os.killpg(os.getpgid(0), signal.SIGTERM)


def _become(wanted: dict[str, object]) -> None:
    """Turns this fork into a function's runtime; does not return."""
    env, folder = wanted["env"], str(wanted["folder"])
    assert isinstance(env, dict)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    log = os.open(str(wanted["log"]), os.O_WRONLY | os.O_APPEND)
    null = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((null, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    os.environ.clear()
    os.environ.update(env)
    os.chdir(folder)
    sys.path[:0] = [folder, *filter(None, env.get("PYTHONPATH", "").split(os.pathsep))]
    from awslambdaric import bootstrap
    from awslambdaric.lambda_runtime_client import LambdaRuntimeClient

    code = 1
    try:
        bootstrap.run(env["_HANDLER"], LambdaRuntimeClient(env["AWS_LAMBDA_RUNTIME_API"], False))
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    finally:
        os._exit(code)


if __name__ == "__main__":
    serve(sys.argv[1])
