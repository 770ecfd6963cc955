"""Hostile requests against a real running server: `python -m tests.fuzz`; a short form is a test.

Two kinds: those that schemathesis draws from `/openapi.json`, and far more of our own, which are bodies and
headers that forms, libraries and attackers send, put together and broken at random. Neither may ever see a
5xx or an answer that isn't as described, nor leave an error in the log.
"""
