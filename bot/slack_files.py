"""Files for one person's direct messages."""

from __future__ import annotations

from slack_sdk.errors import SlackApiError, SlackRequestError

from bot.slack_out import SETTLES, SlackOut
from store.outcomes import Job, Retry


async def send_file(slack: SlackOut, job: Job, person: str, name: str, title: str, content: str) -> None:
    """Upload a file into the direct messages between a person and us, once, however often the job is tried.

    An upload has no idempotency key: a repeated attempt first looks for a file of this name and title.

    Raises:
        Hold, Retry, Dead: as `SlackOut.call` does.
    """
    opened = await slack.call(slack.client.conversations_open(users=person))
    channel = str(opened["channel"]["id"])
    if job.attempts > 1 and await _is_there(slack, job, channel, name, title):
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


async def _is_there(slack: SlackOut, job: Job, channel: str, name: str, title: str) -> bool:
    since = job.first_claimed.timestamp() - 60
    found = await slack.call(
        slack.client.conversations_history(channel=channel, oldest=f"{since:.6f}", limit=100)
    )
    files = [file for message in found["messages"] for file in message.get("files") or []]
    return any(file.get("name") == name and file.get("title") == title for file in files)
