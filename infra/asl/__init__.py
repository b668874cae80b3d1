"""The States Language engine: AWS Step Functions' answers, durable, on one machine.

``docs/architecture.md`` shows the shape: :mod:`asl.step` decides, :mod:`asl.runner` performs.
"""
