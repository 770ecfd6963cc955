"""The Web API through the real SDK: what it gives and what it refuses."""

from __future__ import annotations

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.people import Channel
from sandbox.server import Running
from tests.sandbox.tiny_app import card


async def refused(call: object) -> str:
    """The error a call is refused with."""
    with pytest.raises(SlackApiError) as caught:
        await call  # type: ignore[misc]
    return str(caught.value.response["error"])


async def test_who_am_i_and_what_may_i_do(sandbox: Running, bot: AsyncWebClient) -> None:
    me = await bot.auth_test()

    assert (me["team_id"], me["user_id"], me["bot_id"]) == ("TSANDBOX", "UGREENLIGHT", "BGREENLIGHT")
    assert "chat:write" in me.headers["x-oauth-scopes"].split(",")


async def test_tokens_and_scopes_count(sandbox: Running, bot: AsyncWebClient) -> None:
    url = sandbox.api_url
    assert await refused(AsyncWebClient("", base_url=url).auth_test()) == "not_authed"
    assert await refused(AsyncWebClient("xoxb-wrong", base_url=url).auth_test()) == "invalid_auth"
    assert await refused(AsyncWebClient("xapp-sandbox", base_url=url).auth_test()) == "not_allowed_token_type"
    assert await refused(bot.api_call("chat.shout")) == "unknown_method"

    sandbox.workspace.scopes.discard("usergroups:read")
    assert await refused(bot.usergroups_list()) == "missing_scope"


async def test_history_finds_own_metadata_and_pages(sandbox: Running, bot: AsyncWebClient) -> None:
    for number in range(5):
        metadata = {"event_type": "card", "event_payload": {"lead": f"L-{number}"}}
        await bot.chat_postMessage(channel="CLEADS", text=f"lead {number}", metadata=metadata)

    first = await bot.conversations_history(channel="CLEADS", limit=2, include_all_metadata=True)
    assert [m["metadata"]["event_payload"]["lead"] for m in first["messages"]] == ["L-4", "L-3"]
    cursor = first["response_metadata"]["next_cursor"]
    second = await bot.conversations_history(channel="CLEADS", limit=2, cursor=cursor)
    assert [m["text"] for m in second["messages"]] == ["lead 2", "lead 1"]
    assert "metadata" not in second["messages"][0]

    oldest = second["messages"][0]["ts"]
    later = await bot.conversations_history(channel="CLEADS", oldest=oldest)
    assert [m["text"] for m in later["messages"]] == ["lead 4", "lead 3"]
    with_edge = await bot.conversations_history(channel="CLEADS", oldest=oldest, inclusive=True)
    assert len(with_edge["messages"]) == 3


async def test_threads_stand_apart_from_the_channel(sandbox: Running, bot: AsyncWebClient) -> None:
    parent = (await bot.chat_postMessage(channel="CLEADS", text="card"))["ts"]
    await bot.chat_postMessage(channel="CLEADS", text="claimed", thread_ts=parent)
    await bot.chat_postMessage(channel="CLEADS", text="told all", thread_ts=parent, reply_broadcast=True)

    thread = await bot.conversations_replies(channel="CLEADS", ts=parent)
    assert [m["text"] for m in thread["messages"]] == ["card", "claimed", "told all"]
    assert thread["messages"][0]["reply_count"] == 2
    channel = await bot.conversations_history(channel="CLEADS")
    assert [m["text"] for m in channel["messages"]] == ["told all", "card"]
    assert await refused(bot.chat_postMessage(channel="CLEADS", text="x", thread_ts="1.000001")) == (
        "thread_not_found"
    )


async def test_a_card_deleted_by_hand(sandbox: Running, bot: AsyncWebClient) -> None:
    lone = (await bot.chat_postMessage(channel="CLEADS", text="lone"))["ts"]
    talked = (await bot.chat_postMessage(channel="CLEADS", text="talked about"))["ts"]
    await bot.chat_postMessage(channel="CLEADS", text="a reply", thread_ts=talked)

    for ts in (lone, talked):
        await sandbox.slack.act("delete_message", channel="leads", ts=ts)
        assert await refused(bot.chat_update(channel="CLEADS", ts=ts, text="new")) == "message_not_found"

    [left] = (await bot.conversations_history(channel="CLEADS"))["messages"]
    assert left["subtype"] == "tombstone"
    assert (
        await refused(bot.chat_postMessage(channel="CLEADS", text="x", thread_ts=lone)) == "thread_not_found"
    )
    await bot.chat_postMessage(channel="CLEADS", text="still here", thread_ts=talked)


async def test_an_update_keeps_what_it_does_not_name(sandbox: Running, bot: AsyncWebClient) -> None:
    ts = (await bot.chat_postMessage(channel="CLEADS", text="one", blocks=card()))["ts"]

    await bot.chat_update(channel="CLEADS", ts=ts, text="two")
    [message] = await sandbox.slack.messages("leads")
    assert (message["text"], len(message["blocks"])) == ("two", 2)

    await bot.chat_update(channel="CLEADS", ts=ts, text="three", blocks=[])
    [message] = await sandbox.slack.messages("leads")
    assert (message["text"], message["blocks"]) == ("three", [])

    said = await sandbox.slack.say("ana", "mine")
    assert await refused(bot.chat_update(channel="CLEADS", ts=said["ts"], text="x")) == "cant_update_message"
    assert await refused(bot.chat_delete(channel="CLEADS", ts=said["ts"])) == "cant_delete_message"
    await bot.chat_delete(channel="CLEADS", ts=ts)
    assert [m["text"] for m in await sandbox.slack.messages("leads")] == ["mine"]


async def test_an_ephemeral_is_seen_once_and_cannot_be_reached_again(
    sandbox: Running, bot: AsyncWebClient
) -> None:
    ts = (await bot.chat_postEphemeral(channel="CLEADS", user="UANA", text="psst"))["message_ts"]

    assert await sandbox.slack.seen_by("ana") == "psst"
    assert await sandbox.slack.messages("leads", as_="ben") == []
    assert (await bot.conversations_history(channel="CLEADS"))["messages"] == []
    assert await refused(bot.chat_update(channel="CLEADS", ts=ts, text="x")) == "message_not_found"
    assert (
        await refused(bot.chat_postEphemeral(channel="CLEADS", user="UNOBODY", text="x")) == "user_not_found"
    )


@pytest.mark.filterwarnings("ignore:The top-level `text` argument is missing")
async def test_where_one_may_post(sandbox: Running, bot: AsyncWebClient) -> None:
    workspace = sandbox.workspace
    workspace.add_channel(Channel("COPEN", "open", ["UANA"]))
    workspace.add_channel(Channel("CSECRET", "secret", ["UANA"], is_private=True))

    await bot.chat_postMessage(channel="COPEN", text="public is fine")
    assert await refused(bot.conversations_history(channel="COPEN")) == "not_in_channel"
    workspace.scopes.discard("chat:write.public")
    assert await refused(bot.chat_postMessage(channel="COPEN", text="x")) == "not_in_channel"
    assert await refused(bot.chat_postMessage(channel="CSECRET", text="x")) == "channel_not_found"
    assert await refused(bot.chat_postMessage(channel="CNOWHERE", text="x")) == "channel_not_found"
    assert await refused(bot.chat_postMessage(channel="CLEADS", text=" ")) == "no_text"

    await sandbox.slack.act("archive_channel", channel="leads")
    assert await refused(bot.chat_postMessage(channel="CLEADS", text="x")) == "is_archived"
    await sandbox.slack.act("archive_channel", channel="sales-alerts", deleted=True)
    assert await refused(bot.chat_postMessage(channel="CALERTS", text="x")) == "channel_not_found"


async def test_a_person_id_opens_the_direct_message(sandbox: Running, bot: AsyncWebClient) -> None:
    posted = await bot.chat_postMessage(channel="UANA", text="for you")

    assert posted["channel"] == (await bot.conversations_open(users="UANA"))["channel"]["id"]
    assert await sandbox.slack.seen_by("ana") == "for you"
    assert await sandbox.slack.seen_by("ben") is None


async def test_a_deactivated_person(sandbox: Running, bot: AsyncWebClient) -> None:
    await bot.chat_postMessage(channel="UBEN", text="while he was here")
    await sandbox.slack.act("deactivate", **{"as": "ben"})

    assert (await bot.users_info(user="UBEN"))["user"]["deleted"] is True
    assert await refused(bot.chat_postMessage(channel="UBEN", text="x")) == "user_not_found"
    assert await refused(bot.chat_postMessage(channel="DBEN", text="x")) == "user_not_found"
    assert await refused(bot.users_lookupByEmail(email="ben@sandbox.example")) == "users_not_found"


async def test_people_and_groups(sandbox: Running, bot: AsyncWebClient) -> None:
    ana = (await bot.users_lookupByEmail(email="ana@sandbox.example"))["user"]
    assert (ana["id"], ana["tz"], ana["profile"]["email"]) == ("UANA", "Europe/Berlin", "ana@sandbox.example")
    assert len((await bot.users_list())["members"]) == 6
    assert await refused(bot.users_info(user="UNOBODY")) == "user_not_found"
    [group] = (await bot.usergroups_list(include_users=True))["usergroups"]
    assert (group["id"], group["handle"], group["users"]) == ("SREPS", "reps", ["UANA", "UBEN"])
    assert (await bot.usergroups_users_list(usergroup="SREPS"))["users"] == ["UANA", "UBEN"]
    listed = (await bot.conversations_list(types="public_channel"))["channels"]
    assert [channel["name"] for channel in listed] == ["leads", "sales-alerts"]


async def test_a_file_goes_up_and_comes_down(sandbox: Running, bot: AsyncWebClient) -> None:
    uploaded = await bot.files_upload_v2(
        channel="CLEADS",
        filename="leads.csv",
        content="email\nada@acme.example\n",
        initial_comment="the list",
    )

    [message] = await sandbox.slack.messages("leads")
    assert (message["text"], message["files"][0]["name"]) == ("the list", "leads.csv")
    file = (await bot.files_info(file=uploaded["file"]["id"]))["file"]
    assert (file["mimetype"], file["size"]) == ("text/csv", 23)

    import aiohttp

    async with aiohttp.ClientSession() as session:
        headers = {"Authorization": "Bearer xoxb-sandbox"}
        async with session.get(file["url_private"], headers=headers) as response:
            assert await response.text() == "email\nada@acme.example\n"
        async with session.get(file["url_private"]) as response:
            assert "Sign in" in await response.text()


async def test_reactions(sandbox: Running, bot: AsyncWebClient) -> None:
    sandbox.workspace.scopes.update({"reactions:write", "reactions:read"})
    ts = (await bot.chat_postMessage(channel="CLEADS", text="hello"))["ts"]

    await bot.reactions_add(channel="CLEADS", timestamp=ts, name="eyes")
    assert await refused(bot.reactions_add(channel="CLEADS", timestamp=ts, name="eyes")) == "already_reacted"
    await sandbox.slack.act("react", channel="leads", ts=ts, name="eyes", **{"as": "ana"})

    got = (await bot.reactions_get(channel="CLEADS", timestamp=ts))["message"]["reactions"]
    assert got == [{"name": "eyes", "users": ["UGREENLIGHT", "UANA"], "count": 2}]
    await bot.reactions_remove(channel="CLEADS", timestamp=ts, name="eyes")
    assert await refused(bot.reactions_remove(channel="CLEADS", timestamp=ts, name="eyes")) == "no_reaction"


async def test_metadata_has_a_shape(sandbox: Running, bot: AsyncWebClient) -> None:
    bad = {"event_type": "card"}
    assert (
        await refused(bot.chat_postMessage(channel="CLEADS", text="x", metadata=bad))
        == "invalid_metadata_format"
    )


async def test_a_permalink_leads_to_the_page(sandbox: Running, bot: AsyncWebClient) -> None:
    ts = (await bot.chat_postMessage(channel="CLEADS", text="hello"))["ts"]
    link = (await bot.chat_getPermalink(channel="CLEADS", message_ts=ts))["permalink"]
    assert link.startswith(sandbox.url)
    assert await refused(bot.chat_getPermalink(channel="CLEADS", message_ts="1.2")) == "message_not_found"


async def test_blocks_can_be_checked_without_showing_them(sandbox: Running, bot: AsyncWebClient) -> None:
    await bot.api_call("blocks.validate", json={"blocks": card()})
    with pytest.raises(SlackApiError) as caught:
        await bot.api_call("blocks.validate", json={"blocks": [{"type": "header"}]})
    assert caught.value.response["errors"][0]["pointer"] == "/blocks/0/text"
    assert await sandbox.slack.messages("leads") == []


async def test_a_private_channel_is_listed_only_where_it_is_asked_for(
    sandbox: Running, bot: AsyncWebClient
) -> None:
    for name in ("secret", "gone"):
        sandbox.workspace.channels[f"C{name.upper()}"] = Channel(
            f"C{name.upper()}", name, members=["UGREENLIGHT", "UANA"], is_private=name == "secret"
        )
    sandbox.workspace.channels["CGONE"].is_archived = True

    async def listed(**asked: object) -> set[str]:
        return {one["name"] for one in (await bot.users_conversations(user="UANA", **asked))["channels"]}  # type: ignore[arg-type]

    assert {"secret", "gone"} & await listed() == {"gone"}
    assert {"secret", "gone"} & await listed(types="private_channel") == {"secret"}
    both = await listed(types="public_channel,private_channel", exclude_archived=True)
    assert {"secret", "gone"} & both == {"secret"}
