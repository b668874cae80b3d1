"""The States Language engine: AWS Step Functions' answers, durable, on one machine.

``docs/follow-an-execution.md`` shows the way: :mod:`asl.step` decides, :mod:`asl.runner` performs.
"""
