"""Map runs: list, describe, change, and list the children.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-examine-map-run.html
"""

from __future__ import annotations

import json
from typing import Any

from asl.api.base import Operations
from asl.api.checks import (
    Answer,
    check_arn,
    check_page,
    constrain,
    given,
    invalid,
    moment,
    out_of_range,
    read_number,
    write_token,
)
from asl.errors import ApiError, ConflictError
from asl.execution import Execution, Status
from asl.map_runs.core import change
from asl.map_runs.model import Counts, MapRun, MapRunStatus, Settings
from asl.ports import Query

MAX_CHILD_TOKEN = 3096


class MapRunOperations(Operations):
    """https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeMapRun.html"""

    def list_map_runs(
        self, executionArn: str, maxResults: int | None = None, nextToken: str | None = None
    ) -> Answer:
        """The Map runs that an execution has begun, the newest first."""
        limit = check_page(maxResults, nextToken)
        execution = self._execution(executionArn)
        before = None if nextToken is None else read_number(nextToken)
        found = self._journal.map_runs.of_execution(execution, before, limit + 1)
        answer: Answer = {"mapRuns": [_listed(run) for run in found[:limit]]}
        if len(found) > limit:
            answer["nextToken"] = write_token(str(found[limit - 1].key))
        return answer

    def describe_map_run(self, mapRunArn: str) -> Answer:
        """A Map run's limits, progress and result."""
        run = self._map_run(mapRunArn)
        return {
            "mapRunArn": run.arn,
            "executionArn": run.parent_arn,
            "status": run.status.value,
            "startDate": moment(run.started_at),
            **given(stopDate=None if run.stopped_at is None else moment(run.stopped_at)),
            "maxConcurrency": run.settings.concurrency,
            "toleratedFailureCount": run.settings.tolerated_count,
            "toleratedFailurePercentage": float(run.settings.tolerated_percentage),
            "itemCounts": _counts(run.items, run.redrives.items, run.read, run.pending, run),
            "executionCounts": _counts(
                run.executions, run.redrives.executions, run.started, _pending(run), run
            ),
            "redriveCount": run.redrives.count,
            **given(redriveDate=None if run.redrives.at is None else moment(run.redrives.at)),
        }

    def update_map_run(
        self,
        mapRunArn: str,
        maxConcurrency: int | None = None,
        toleratedFailurePercentage: float | None = None,
        toleratedFailureCount: int | None = None,
    ) -> Answer:
        """Changes the limits of a run that goes on; what is not given stays."""
        share = toleratedFailurePercentage
        constrain(
            out_of_range(maxConcurrency, "maxConcurrency", 2**31 - 1),
            None if share is None else out_of_range(int(share), "toleratedFailurePercentage", 100),
            out_of_range(toleratedFailureCount, "toleratedFailureCount", 2**31 - 1),
        )
        while True:
            run = self._map_run(mapRunArn)
            if run.status is not MapRunStatus.RUNNING:
                raise invalid(f"Map Run '{mapRunArn}' is not running")
            now = run.settings
            settings = Settings(
                now.concurrency if maxConcurrency is None else maxConcurrency,
                now.tolerated_count if toleratedFailureCount is None else toleratedFailureCount,
                now.tolerated_percentage if share is None else float(share),
            )
            try:
                self._journal.map_runs.advance(run, change(run, settings))
            except ConflictError:
                continue
            self._runner.map_run_changed(mapRunArn)
            return {}

    def _children(
        self, run_arn: str, status: str | None, limit: int, token: str | None
    ) -> tuple[list[Execution], Answer]:
        """A page of a run's children, the last first, and the token of the next page."""
        run = self._map_run(run_arn)
        if status == "PENDING_REDRIVE":
            return self._waiting_for_redrive(run, limit, token)
        query = Query(
            run.machine_arn,
            None if status is None else Status(status),
            None if token is None else read_number(token),
            limit + 1,
            map_run=run.arn,
        )
        found = self._journal.select(query)
        if len(found) <= limit:
            return found, {}
        last = found[limit - 1].map_child
        assert last is not None
        return found[:limit], {"nextToken": write_token(str(last.index))}

    def _waiting_for_redrive(
        self, run: MapRun, limit: int, token: str | None
    ) -> tuple[list[Execution], Answer]:
        """A page of the children that the run will redrive, the first item's first."""
        after = run.redrives.after
        if after is None:
            return [], {}
        begin = after if token is None else max(after, read_number(token))
        found = self._journal.map_runs.unsuccessful(run, begin, limit + 1)
        if len(found) <= limit:
            return found, {}
        last = found[limit - 1].map_child
        assert last is not None
        return found[:limit], {"nextToken": write_token(str(last.index))}

    def _map_run(self, arn: str) -> MapRun:
        check_arn(arn, "mapRun")
        run = self._journal.map_runs.load(arn)
        if run is None:
            raise ApiError("ResourceNotFound", f"Resource not found: '{arn}'")
        return run


def _listed(run: MapRun) -> Answer:
    return {
        "executionArn": run.parent_arn,
        "mapRunArn": run.arn,
        "stateMachineArn": run.machine_arn,
        "startDate": moment(run.started_at),
        **given(stopDate=None if run.stopped_at is None else moment(run.stopped_at)),
    }


def _counts(ended: Counts, waiting: Counts, begun: int, pending: int, run: MapRun) -> Answer:
    return {
        "pending": pending,
        "running": begun - ended.total - waiting.total,
        "succeeded": ended.succeeded,
        "failed": ended.failed,
        "timedOut": ended.timed_out,
        "aborted": ended.aborted,
        "total": begun + pending,
        "resultsWritten": ended.total if run.written else 0,
        "failuresNotRedrivable": run.redrives.lost,
        "pendingRedrive": waiting.total,
    }


def _pending(run: MapRun) -> int:
    """How many executions the items make that are still to come."""
    size = run.inputs.batch_items
    return -(-run.pending // size) if size else run.pending


def of_child(child: Execution, machine: Answer) -> Answer:
    """What is different for the child of a Map run: it runs the Map state's processor."""
    assert child.map_child is not None
    run, state = child.map_child.run, child.map_child.state
    answer = {
        "stateMachineArn": child.machine_arn,
        "name": child.machine_arn.rsplit(":", 1)[1],
        "mapRunArn": run,
        "label": child.machine_arn.rsplit("/", 1)[1],
    }
    if "definition" in machine:
        processor = _processor(json.loads(machine["definition"]), state)
        answer["definition"] = json.dumps(processor)
    return answer


def _processor(machine: Any, name: str) -> Any:
    """The processor of the Map state of that name, however deep it is."""
    for state, body in machine["States"].items():
        inner = body.get("ItemProcessor", body.get("Iterator"))
        if state == name:
            return inner
        scopes = [*body.get("Branches", ()), *([] if inner is None else [inner])]
        for scope in scopes:
            found = _processor(scope, name)
            if found is not None:
                return found
    return None
