"""A trial: one state run by itself, as TestState does, by the same code as in an execution.

``subject`` finds the state in a definition, ``mock``, ``shapes`` and ``context`` check what the
caller makes up for it, ``run`` runs it, ``inspection`` notes what its data came to on the way.
https://docs.aws.amazon.com/step-functions/latest/dg/test-state-isolation.html
"""
