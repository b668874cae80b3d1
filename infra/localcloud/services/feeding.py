"""Event source mappings: functions that take a queue's messages in batches.

https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
"""

from __future__ import annotations

import logging
import threading
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import orjson
from psycopg_pool import ConnectionPool

from asl.ports import Clock
from localcloud.functions import LambdaHost

RETRY_SECONDS = 0.5
GATHER_SECONDS = 0.25
"""The most that a busy mapping waits for a fuller batch, whatever window it asks for."""
HELPERS = 12
"""Batches that may be under way beside the first one of each queue: each holds a connection."""
_log = logging.getLogger("localcloud.sqs")
MAX_BATCH = 2_900_000
"""The most bytes of a batch's messages: an event has 6 MB at the most, and JSON inside JSON may
take twice its length."""
_LOCK = """
    WITH locked AS (
        SELECT id, body, attributes, receives, sent_at, visible_at, octet_length(body) AS size
        FROM localcloud.messages WHERE queue = %s AND visible_at <= %s
        ORDER BY visible_at, id LIMIT %s FOR UPDATE SKIP LOCKED)
    SELECT id, body, attributes, receives, sent_at FROM
        (SELECT *, sum(size) OVER (ORDER BY visible_at, id) - size AS before FROM locked) AS queued
    WHERE before = 0 OR before + size <= %s ORDER BY visible_at, id
"""


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue of the template. Times are in seconds."""

    name: str
    arn: str
    url: str
    visibility: int = 30
    dead_letters: str | None = None
    max_receives: int = 0


@dataclass(frozen=True, slots=True)
class Mapping:
    """An event source mapping: a function that takes a queue's messages in batches."""

    queue: str
    function: str
    batch_size: int = 10
    window: float = 0.0
    partial: bool = False
    concurrency: int = 1
    """How many batches the function may take at once (``ScalingConfig``)."""
    raw: bool = False
    """The message is the event itself (asynchronous invocation), not a record of a batch."""


class Feeder:
    """Takes batches from queues to functions until it is closed.

    A queue's first batch is always looked for; where it was full, others are taken beside it, as
    many as the mapping allows.
    """

    def __init__(self, pool: ConnectionPool[Any], clock: Clock, region: str, host: LambdaHost):
        self._pool = pool
        self._clock = clock
        self._region = region
        self._host = host
        self._arrived: defaultdict[str, threading.Event] = defaultdict(threading.Event)
        self._stop = threading.Event()
        self._pollers: list[threading.Thread] = []
        self._helpers = ThreadPoolExecutor(HELPERS, "sqs-helper")
        self._helping: Counter[str] = Counter()
        self._lock = threading.Lock()

    def wake(self, queue: str) -> None:
        """A queue has new messages."""
        self._arrived[queue].set()

    def map(self, queue: Queue, mapping: Mapping) -> None:
        """Starts to feed a function from a queue."""
        thread = threading.Thread(
            target=self._poll, args=(queue, mapping), name=f"sqs-{queue.name}", daemon=True
        )
        self._pollers.append(thread)
        thread.start()

    def close(self) -> None:
        """Ends the mappings after the batch that each is at."""
        self._stop.set()
        for event in list(self._arrived.values()):
            event.set()
        for thread in self._pollers:
            thread.join(timeout=30)
        self._helpers.shutdown(wait=True, cancel_futures=True)

    def _poll(self, queue: Queue, mapping: Mapping) -> None:
        arrived, idle = self._arrived[queue.name], True
        while not self._stop.is_set():
            try:
                arrived.clear()
                if mapping.window and not idle:
                    self._stop.wait(min(mapping.window, GATHER_SECONDS))
                taken = self._take_batch(queue, mapping)
                idle = taken == 0
                if taken < mapping.batch_size:
                    arrived.wait(self._until_next(queue))
            except Exception:
                _log.exception("%s: a batch could not be handled", queue.name)
                idle = True
                self._stop.wait(RETRY_SECONDS)

    def _call_help(self, queue: Queue, mapping: Mapping) -> None:
        """A full batch is taken, so more may wait: another one is taken beside it."""
        with self._lock:
            if self._stop.is_set() or self._helping[queue.name] >= mapping.concurrency - 1:
                return
            self._helping[queue.name] += 1
        self._helpers.submit(self._help, queue, mapping)

    def _help(self, queue: Queue, mapping: Mapping) -> None:
        try:
            while not self._stop.is_set():
                if self._take_batch(queue, mapping) < mapping.batch_size:
                    return
        except Exception:
            _log.exception("%s: a batch could not be handled", queue.name)
        finally:
            with self._lock:
                self._helping[queue.name] -= 1

    def _until_next(self, queue: Queue) -> float:
        """Seconds until a hidden message shows itself again, at most a few."""
        with self._pool.connection() as connection:
            row = connection.execute(
                "SELECT min(visible_at) FROM localcloud.messages WHERE queue = %s", (queue.name,)
            ).fetchone()
        if row is None or row[0] is None:
            return 5.0
        hidden: int = row[0] - self._clock.now()
        return min(5.0, max(0.0, hidden / 1000))

    def _take_batch(self, queue: Queue, mapping: Mapping) -> int:
        """Hands one batch over. Its rows stay locked: a crash shows them again at once."""
        now = self._clock.now()
        with self._pool.connection() as connection, connection.transaction():
            # Losing the deletion in a crash only delivers again.
            connection.execute("SET LOCAL synchronous_commit = off")
            wanted = (queue.name, now, mapping.batch_size, MAX_BATCH)
            rows = connection.execute(_LOCK, wanted).fetchall()
            if not rows:
                return 0
            if len(rows) == mapping.batch_size:
                self._call_help(queue, mapping)
            outcome = self._host.invoke_event(mapping.function, self._event(queue, rows, mapping))
            failed = self._failed(rows, outcome.error, outcome.payload, mapping)
            done = [row[0] for row in rows if row[0] not in failed]
            if done:
                connection.execute("DELETE FROM localcloud.messages WHERE id = ANY(%s)", (done,))
            if failed:
                _log.warning(
                    "%s: %d messages failed: %s",
                    queue.name,
                    len(failed),
                    outcome.payload[:500].decode(errors="replace"),
                )
                self._return(connection, queue, sorted(failed), now)
        return len(rows)

    def _event(self, queue: Queue, rows: list[Any], mapping: Mapping) -> Any:
        """What the function gets; ``MAX_BATCH`` keeps it within an invocation's limit."""
        if mapping.raw:
            return orjson.loads(rows[0][1])
        return {"Records": [self._record(queue, *row) for row in rows]}

    def _failed(
        self, rows: list[Any], error: str | None, payload: bytes, mapping: Mapping
    ) -> set[int]:
        everything = {row[0] for row in rows}
        if error is not None:
            return everything
        if not mapping.partial:
            return set()
        answer = orjson.loads(payload) or {}
        named = {item["itemIdentifier"] for item in answer.get("batchItemFailures", [])}
        if not named:
            return set()
        return {number for number in everything if message_id(number) in named}

    def _return(self, connection: Any, queue: Queue, failed: list[int], now: int) -> None:
        """Hides failed messages for the visibility time-out, or moves them to the dead letters."""
        connection.execute(
            """UPDATE localcloud.messages SET receives = receives + 1, visible_at = %s
               WHERE id = ANY(%s)""",
            (now + queue.visibility * 1000, failed),
        )
        if queue.dead_letters is not None:
            connection.execute(
                """UPDATE localcloud.messages SET queue = %s, visible_at = %s, receives = 0
                   WHERE id = ANY(%s) AND receives >= %s""",
                (queue.dead_letters, now, failed, queue.max_receives),
            )

    def _record(
        self, queue: Queue, number: int, body: str, attributes: Any, receives: int, sent_at: int
    ) -> dict[str, Any]:
        """A message as a function gets it.

        https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
        """
        return {
            "messageId": message_id(number),
            "receiptHandle": f"{number}:",
            "body": body,
            "attributes": {
                "ApproximateReceiveCount": str(receives + 1),
                "SentTimestamp": str(sent_at),
            },
            "messageAttributes": {name: _shown(one) for name, one in (attributes or {}).items()},
            "eventSource": "aws:sqs",
            "eventSourceARN": queue.arn,
            "awsRegion": self._region,
        }


def _shown(attribute: dict[str, Any]) -> dict[str, Any]:
    """A message's attribute as functions get it: its names begin with a small letter there."""
    return {name[0].lower() + name[1:]: value for name, value in attribute.items()}


def message_id(number: int) -> str:
    """A message's id, as SQS shows it."""
    text = f"{number:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
