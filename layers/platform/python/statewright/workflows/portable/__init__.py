"""Actions as exported workflows have them: functions of their own, without the platform.

Handlers as those in ``functions/steps/``, for what needs no workspace: no connections, no database.
"""
