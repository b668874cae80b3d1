"""Sending, templates, inboxes and preferences; the channels' senders."""
