"""Two threads for each version of each function, which LocalStack starts at once, when needed.

One polls for asynchronous invocations, one writes logs. With 320 functions in two versions each
they take all of a machine before anything has been called. And each GetFunction, of which
CloudFormation makes many, signs a URL of the code with a client made for it alone: that takes most
of the time of a deployment, and nobody looks at the URL. The rest CloudFormation sleeps: a second
whenever a function is not ready at once.
"""

from __future__ import annotations

from typing import Any

from localstack.runtime import hooks

_PAUSE = 0.05
"""Seconds between looks at a resource that is being made."""


@hooks.on_infra_start()
def statewright_thrift() -> None:
    """Replaces when they start."""
    from localstack.services.cloudformation.resource_provider import ResourceProviderExecutor
    from localstack.services.lambda_.invocation.event_manager import LambdaEventManager
    from localstack.services.lambda_.invocation.lambda_models import S3Code
    from localstack.services.lambda_.invocation.logs import LogHandler

    begin, enqueue = LambdaEventManager.start, LambdaEventManager.enqueue_event
    subscribe, add = LogHandler.start_subscriber, LogHandler.add_logs

    def enqueue_event(self: Any, invocation: Any) -> None:
        with self.lifecycle_lock:
            if self.event_queue_url is None:
                begin(self)
        enqueue(self, invocation)

    def add_logs(self: Any, log_item: Any) -> None:
        if self._thread is None:
            subscribe(self)
        add(self, log_item)

    LambdaEventManager.start = _later
    LambdaEventManager.enqueue_event = enqueue_event
    LogHandler.start_subscriber = _later
    LogHandler.add_logs = add_logs
    S3Code.generate_presigned_url = _place
    timeout, _ = ResourceProviderExecutor.deploy_loop.__defaults__
    ResourceProviderExecutor.deploy_loop.__defaults__ = (timeout, _PAUSE)


def _later(self: Any) -> None:
    """Nothing yet."""


def _place(self: Any, endpoint_url: str) -> str:
    """Where the code lies, unsigned."""
    return f"{endpoint_url}/{self.s3_bucket}/{self.s3_key}"
