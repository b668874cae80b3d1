"""``dead-letters``: what queues have given up, and sending it back to where it came from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import typer
from rich.console import Console
from rich.table import Table

from statewright_cli.files import problems

_SUFFIX = "-dead"


@dataclass(frozen=True, slots=True)
class DeadLetters:
    """A queue of given-up messages."""

    name: str
    arn: str
    count: int
    url: str


def find(sqs: Any, stack: str) -> Iterator[DeadLetters]:
    """The stack's queues of dead letters, by name."""
    pages = sqs.get_paginator("list_queues").paginate(QueueNamePrefix=f"{stack}-")
    urls = [url for page in pages for url in page.get("QueueUrls", [])]
    for url in sorted(url for url in urls if url.endswith(_SUFFIX)):
        wanted = ["QueueArn", "ApproximateNumberOfMessages"]
        found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=wanted)["Attributes"]
        count = int(found["ApproximateNumberOfMessages"])
        yield DeadLetters(url.rsplit("/", 1)[1], found["QueueArn"], count, url)


def redrive(sqs: Any, stack: str, name: str) -> int:
    """Starts to move a queue's dead letters back; SQS goes on by itself. Returns how many.

    They go to the queue whose letters these are, by name: SQS does not know where those came from
    that EventBridge, its Scheduler or SNS could not put into that queue.

    Raises:
        LookupError: the stack has no such queue of dead letters.
    """
    for letters in find(sqs, stack):
        if letters.name == name:
            if letters.count:
                (source,) = sqs.list_dead_letter_source_queues(QueueUrl=letters.url)["queueUrls"]
                wanted = sqs.get_queue_attributes(QueueUrl=source, AttributeNames=["QueueArn"])
                there = wanted["Attributes"]["QueueArn"]
                sqs.start_message_move_task(SourceArn=letters.arn, DestinationArn=there)
            return letters.count
    raise LookupError(f"{stack} has no queue of dead letters named {name}")


def show_dead_letters(stack: str, name: str) -> None:
    """Lists dead letters, or sends those of one queue back."""
    sqs = boto3.client("sqs")
    if name:
        try:
            count = redrive(sqs, stack, name)
        except LookupError as error:
            problems.print(str(error), style="red")
            raise typer.Exit(1) from error
        Console().print(f"{count} messages go back to where they came from")
        return
    table = Table("queue", "messages")
    for letters in find(sqs, stack):
        table.add_row(letters.name, str(letters.count))
    Console().print(table)
