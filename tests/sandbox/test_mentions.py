"""Who a message pings, and what becomes of what a person types."""

from __future__ import annotations

import pytest

from sandbox.mentions import as_typed, escape_names, pinged
from sandbox.workspace import Workspace
from tests.sandbox.tiny_app import plain


@pytest.mark.parametrize(
    ("text", "pings"),
    [
        ("<@UANA> look", ["UANA"]),
        ("<!subteam^SREPS> a demo", ["SREPS"]),
        ("<!subteam^SREPS|@reps> and <!channel>", ["SREPS", "channel"]),
        ("<!here|here> <!everyone>", ["here", "everyone"]),
        ("&lt;!channel&gt; is only text", []),
        ("<!date^1^{date}|then> <#CLEADS> <https://x.example|@ana>", []),
    ],
)
def test_pings_of_a_text(text: str, pings: list[str]) -> None:
    assert pinged(text, []) == pings
    assert pinged("", [{"type": "section", "text": {"type": "mrkdwn", "text": text}}]) == pings


def test_plain_text_never_pings_and_rich_text_does() -> None:
    assert pinged("", [{"type": "header", "text": plain("<!channel>")}]) == []
    elements = [{"type": "user", "user_id": "UBEN"}, {"type": "broadcast", "range": "here"}]
    section = {"type": "rich_text_section", "elements": elements}
    assert pinged("", [{"type": "rich_text", "elements": [section]}]) == ["UBEN", "here"]


def test_what_people_type_is_escaped_and_marked_up() -> None:
    workspace = Workspace()
    typed = as_typed(
        "5 < 6 & ada@acme.example wrote @ana in #leads, see https://acme.example/a?b=1&c=2", workspace
    )
    assert typed == (
        "5 &lt; 6 &amp; <mailto:ada@acme.example|ada@acme.example> wrote <@UANA> in <#CLEADS|leads>, "
        "see <https://acme.example/a?b=1&amp;c=2>"
    )
    assert as_typed("<!channel> said <script>", workspace) == "<!channel> said &lt;script&gt;"


def test_commands_escape_known_names_only() -> None:
    workspace = Workspace()
    escaped = escape_names("L-1 reassign @ben or @reps not @zoe, mail ada@ben.example", workspace)
    assert escaped == "L-1 reassign <@UBEN|ben> or <!subteam^SREPS|@reps> not @zoe, mail ada@ben.example"
