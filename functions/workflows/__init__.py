"""Workflows, executions, webhooks and approvals."""
