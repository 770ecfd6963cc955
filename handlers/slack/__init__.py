"""Slack listeners: one file per thing a rep does."""
