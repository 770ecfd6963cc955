"""Files for one person's direct messages."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from slack_sdk.errors import SlackApiError, SlackRequestError

from bot.slack_out import SETTLES, SlackOut, key_of
from store.outcomes import Job, Retry


async def send_file(slack: SlackOut, job: Job, person: str, name: str, title: str, content: str) -> None:
    """Upload a file into the direct messages between a person and us, once, however often the job is tried.

    An upload has no idempotency key, and the message that shares it takes no metadata. So the file's name
    ends in the job's key: who asks the same twice gets two files, and a repeated attempt finds its own.

    Raises:
        Hold, Retry, Dead: as `SlackOut.call` does.
    """
    opened = await slack.call(slack.client.conversations_open(users=person))
    channel = str(opened["channel"]["id"])
    path = PurePath(name)
    name = f"{path.stem}-{key_of(job)[:8]}{path.suffix}"

    def is_it(message: Mapping[str, Any]) -> bool:
        return any(file.get("name") == name for file in message.get("files") or [])

    if job.attempts > 1 and await slack.find_earlier(job, channel, is_it):
        return
    try:
        await slack.call(
            # As bytes: a text with a colon could be taken for a path.
            slack.client.files_upload_v2(
                filename=name, title=title, content=content.encode(), channel=channel, request_file_info=False
            )
        )
    except SlackApiError:
        raise
    except SlackRequestError as lost:
        # The middle step has its own server, whose answer is no API error.
        raise Retry("Slack did not take the file", after=SETTLES) from lost
