"""What somebody wants to be told, how and when; and the topics that one follows."""

from __future__ import annotations

from statewright import world
from statewright.db import load_queries, tenant
from statewright.errors import ForbiddenError, InvalidError
from statewright.http.caller import Caller
from statewright.notifications.models import is_name
from statewright.notifications.people_models import Preference, Preferences, Profile, Topic

_sql = load_queries(__package__, "people.sql")


def get(caller: Caller) -> Preferences:
    """One's own preferences."""
    with tenant(caller.workspace_id) as session:
        profile = session.one(_sql.find_profile, user_id=caller.user_id)
        rows = session.all(_sql.list_preferences, user_id=caller.user_id)
    return Preferences(
        profile=Profile() if profile is None else Profile.model_validate(profile),
        preferences=[Preference.model_validate(row) for row in rows],
    )


def put(caller: Caller, wanted: Preferences) -> Preferences:
    """Replaces one's own preferences."""
    require_person(caller)
    with tenant(caller.workspace_id) as session:
        session.run(_sql.put_profile, user_id=caller.user_id, **wanted.profile.model_dump())
        session.run(_sql.clear_preferences, user_id=caller.user_id)
        for one in wanted.preferences:
            session.run(_sql.put_preference, user_id=caller.user_id, **one.model_dump())
    return get(caller)


def require_person(caller: Caller) -> None:
    """Refuses programs: they read no messages."""
    if caller.kind != "user":
        raise ForbiddenError("A service account has no inbox, devices or preferences.")


def topics(caller: Caller) -> list[Topic]:
    """The topics that somebody follows."""
    with tenant(caller.workspace_id) as session:
        rows = session.all(_sql.list_topics, user_id=caller.user_id)
    return [Topic.model_validate(row) for row in rows]


def follow(caller: Caller, topic: str) -> None:
    """Follows a topic; it begins with its first follower."""
    require_person(caller)
    if not is_name(topic):
        raise InvalidError("A topic's name has a to z, 0 to 9, '_', '.' and '-', 64 at the most.")
    with tenant(caller.workspace_id) as session:
        session.run(_sql.subscribe, topic=topic, user_id=caller.user_id, now=world.now())


def leave(caller: Caller, topic: str) -> None:
    """Follows a topic no more. Doing it twice is no error."""
    with tenant(caller.workspace_id) as session:
        session.run(_sql.unsubscribe, topic=topic, user_id=caller.user_id)
