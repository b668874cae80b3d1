"""Statewright: no-code business process automation that compiles to AWS Step Functions."""
