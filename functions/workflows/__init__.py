"""Workflows, executions and webhooks."""
