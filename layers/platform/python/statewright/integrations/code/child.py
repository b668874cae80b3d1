"""One piece of JavaScript in a process of its own: this file is run, not imported.

Reads a job as JSON from its input, writes the outcome as JSON, and ends. The engine has neither
files nor network nor timers; the process has no environment, and limits of its own on memory,
time, files and processes, should the engine ever be broken out of.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

sys.path.extend(json.loads(sys.argv[1]))  # a Lambda layer is on its parent's path only

import quickjs

from statewright.confinement import confine

_HEAD = """
globalThis.console = (() => {
    const lines = [];
    const shown = v => typeof v === 'string' ? v : (JSON.stringify(v) ?? String(v));
    const log = (...values) => {
        if (lines.length < 100) lines.push(values.map(shown).join(' ').slice(0, 1000));
    };
    return {log, info: log, warn: log, error: log, debug: log, lines: () => JSON.stringify(lines)};
})();
"""
_CALL = """
(() => {
    const input = JSON.parse(%s);
    let state = {};
    const promise = (async input => {\n%s\n})(input);
    promise.then(v => { state.value = v; state.done = true; },
                 e => { state.error = String(e && e.stack ? `${e}\\n${e.stack}` : e); });
    globalThis.__outcome = () => JSON.stringify(
        'error' in state ? {error: state.error}
        : state.done ? {result: state.value === undefined ? null : state.value}
        : {error: 'the promise never settles: there are no timers and no I/O'});
})()
"""


def run(job: dict[str, Any]) -> dict[str, Any]:
    """Runs a job's code; says what came of it."""
    context = quickjs.Context()
    context.set_memory_limit(job["memory"])
    context.set_max_stack_size(512 * 1024)
    # The engine's own time limit counts CPU time; the parent's, which kills, counts the clock.
    context.set_time_limit(job["seconds"])
    context.eval(_HEAD)
    logs = context.eval("console.lines")
    try:
        context.eval(_CALL % (json.dumps(json.dumps(job["input"])), job["code"]))
        # Each job has the engine's limit to itself: all of them together have it here.
        deadline = time.process_time() + job["seconds"]
        while context.execute_pending_job():
            if time.process_time() > deadline:
                return {"error": "interrupted", "logs": []}
        outcome = json.loads(context.eval("__outcome()"))
    except (quickjs.JSException, quickjs.StackOverflow) as error:
        outcome = {"error": str(error)}
    try:
        return {**outcome, "logs": json.loads(logs())}
    except quickjs.JSException:
        return {**outcome, "logs": []}


if __name__ == "__main__":
    received = json.load(sys.stdin)
    bound = int(received["seconds"]) + 2
    # The engine has a limit of its own; this one is for an engine that is broken out of.
    confine(bound, bound, received["memory"] * 2 + 512 * 1024 * 1024, files=3)
    sys.stdout.write(json.dumps(run(received)))
