"""Operations that a request may need: of the workspace's connectors, of those that everybody has,
and of the services of AWS that it names, as far as the operator allows these."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache

from statewright.ai.assistant.narrowing import FITS, ranked, weighed, words_of
from statewright.db import Session, load_queries
from statewright.integrations.connectors import acting, ready, storage
from statewright.workflows.actions import aws
from statewright.workflows.actions.action import Action
from statewright.workflows.checks import Surroundings

MOST = 12
_MATCHES = 60
"""Operations of the workspace's own connectors that are looked at, the best of the database's."""
_WORDS = 60
_OF_A_SERVICE = 8
_SERVICES: Mapping[str, str] = {
    "bucket": "s3",
    "dynamo": "dynamodb",
    "eventbridge": "eventbridge",
    "queue": "sqs",
    "topic": "sns",
}
"""What people call services."""
_sql = load_queries(__package__)


def operations_for(session: Session, request: str, around: Surroundings) -> list[Action]:
    """The operations that fit the words, the best first.

    Args:
        session: sees the workspace whose connectors are searched.
    """
    found = {action.name: action for action in _candidates(session, request, around)}
    weights = ranked(request, found)
    best = weights[0][1] if weights else 0.0
    return [found[name] for name, weight in weights[:MOST] if weight >= best * FITS]


def _candidates(session: Session, request: str, around: Surroundings) -> Iterable[Action]:
    own = {row["name"] for row in session.all(_sql.list_connector_names)}
    if own:
        yield from _own(session, request)
    for name in ready.connectors():
        if name not in own:
            yield from _ready(name)
    yield from _of_aws(request, around)


def _own(session: Session, request: str) -> Iterable[Action]:
    """The database stems words by itself."""
    words = list(dict.fromkeys(re.findall(r"[a-z0-9]+", request.lower())))[:_WORDS]
    rows = session.all(_sql.match_operations, words=words, most=_MATCHES)
    names = [(row["connector"], row["name"]) for row in rows]
    for connector, _, operation, connector_id in storage.find_operations(session, names):
        schemas = [operation.inputs, operation.result]
        definitions = storage.definitions_of(session, connector_id, schemas)
        yield acting.action_of(f"{connector}.{operation.name}", operation, definitions)


@lru_cache(maxsize=32)
def _ready(name: str) -> tuple[Action, ...]:
    found = ready.connector(name)
    operations = found.operations if found else []
    return tuple(acting.action_of(f"{name}.{one.name}", one, {}) for one in operations)


def _of_aws(request: str, around: Surroundings) -> Iterable[Action]:
    if not around.aws:
        return
    said = {_SERVICES.get(word, word) for word in words_of(request.lower())}
    names = [
        name
        for service in sorted(said & aws.services().keys())
        for name in aws.names(service)
        if around.allows(name)
    ]
    best = weighed(request, {name: Counter(words_of(name)) for name in names})
    for name, _ in best[:_OF_A_SERVICE]:
        action = aws.action(name)
        if action is not None:
            yield action
