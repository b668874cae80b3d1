"""Live updates: what happens in a workspace, told to those who watch, over WebSockets."""

from statewright.live.telling import Event, publish, publish_all

__all__ = ["Event", "publish", "publish_all"]
