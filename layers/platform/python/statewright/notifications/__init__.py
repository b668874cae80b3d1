"""Notifications: templates, preferences, channels (e-mail, SMS, push, in-app, chat), tracking."""
