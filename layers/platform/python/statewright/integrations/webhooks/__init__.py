"""Webhooks: how senders prove who they are, and how the platform's own are signed."""
