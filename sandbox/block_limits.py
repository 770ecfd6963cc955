"""Block Kit's numbers: lengths, counts, and what may stand where.

Sources: docs.slack.dev block and element pages as collected in 2026-11; where pages differ, the stricter.
"""

from __future__ import annotations

# Longest text in characters: of a text object's text, or of a plain string.
TEXTS: dict[str, dict[str, int]] = {
    "alert": {"text": 200},
    "button": {"text": 75, "value": 2000, "url": 3000, "accessibility_label": 75},
    "card": {"title": 150, "subtitle": 150, "body": 200},
    "container": {"title": 150, "subtitle": 150},
    "confirm": {"title": 100, "text": 300, "confirm": 30, "deny": 30},
    "data_visualization": {"title": 50},
    "feedback_button": {"text": 75, "value": 2000},
    "header": {"text": 150},
    "image": {"alt_text": 2000, "title": 2000, "image_url": 3000},
    "input": {"label": 2000, "hint": 2000},
    "markdown": {"text": 12_000},
    "option": {"text": 75, "description": 75, "value": 150, "url": 3000},
    "option_group": {"label": 75},
    "section": {"text": 3000},
    "video": {"title": 199, "author_name": 49, "alt_text": 2000},
    "workflow_button": {"text": 75},
    "modal": {"title": 24, "submit": 24, "close": 24, "private_metadata": 3000},
    "home": {"private_metadata": 3000},
}
# Fields that must not be empty text.
ANYWHERE = {"placeholder": 150, "block_id": 255, "action_id": 255, "callback_id": 255, "external_id": 255}

# Fewest and most items of a list.
COUNTS: dict[str, dict[str, tuple[int, int]]] = {
    "actions": {"elements": (1, 25)},
    "card": {"actions": (1, 3)},
    "carousel": {"elements": (1, 10)},
    "checkboxes": {"options": (1, 10)},
    "radio_buttons": {"options": (1, 10)},
    "container": {"child_blocks": (1, 10)},
    "context": {"elements": (1, 10)},
    "context_actions": {"elements": (1, 5)},
    "overflow": {"options": (1, 5)},
    "option_group": {"options": (1, 100)},
    "section": {"fields": (1, 10)},
    "static_select": {"options": (1, 100), "option_groups": (1, 100)},
    "multi_static_select": {"options": (1, 100), "option_groups": (1, 100)},
    "table": {"rows": (1, 100), "column_settings": (1, 20)},
    "data_table": {"rows": (2, 101)},
}

REQUIRED: dict[str, tuple[str, ...]] = {
    "actions": ("elements",),
    "alert": ("text",),
    "button": ("text",),
    "checkboxes": ("options",),
    "confirm": ("title", "text", "confirm", "deny"),
    "container": ("child_blocks",),
    "carousel": ("elements",),
    "context": ("elements",),
    "context_actions": ("elements",),
    "data_table": ("caption", "rows"),
    "data_visualization": ("title", "chart"),
    "header": ("text",),
    "image": ("alt_text",),
    "input": ("label", "element"),
    "markdown": ("text",),
    "number_input": ("is_decimal_allowed",),
    "option": ("text",),
    "option_group": ("label", "options"),
    "overflow": ("options",),
    "radio_buttons": ("options",),
    "rich_text": ("elements",),
    "table": ("rows",),
    "modal": ("title", "blocks"),
    "home": ("blocks",),
}

# Texts that must be plain_text.
PLAIN: dict[str, tuple[str, ...]] = {
    "button": ("text",),
    "header": ("text",),
    "input": ("label", "hint"),
    "option_group": ("label",),
    "confirm": ("title", "confirm", "deny"),
    "modal": ("title", "submit", "close"),
}

BLOCK_SURFACES: dict[str, tuple[str, ...]] = {
    "actions": ("message", "modal", "home"),
    "alert": ("modal",),
    "card": ("message", "home"),
    "carousel": ("message", "home"),
    "container": ("message",),
    "context": ("message", "modal", "home"),
    "context_actions": ("message",),
    "data_table": ("message",),
    "data_visualization": ("message",),
    "divider": ("message", "modal", "home"),
    "header": ("message", "modal", "home"),
    "image": ("message", "modal", "home"),
    "input": ("message", "modal", "home"),
    "markdown": ("message",),
    "plan": ("message",),
    "rich_text": ("message", "modal", "home"),
    "section": ("message", "modal", "home"),
    "table": ("message",),
    "task_card": ("message",),
    "video": ("message", "modal", "home"),
}

_SELECTS = tuple(
    many + kind
    for kind in (
        "static_select",
        "external_select",
        "users_select",
        "conversations_select",
        "channels_select",
    )
    for many in ("", "multi_")
)
_CHOICES = (*_SELECTS, "checkboxes", "radio_buttons", "datepicker", "timepicker")
_TYPED = (
    "plain_text_input",
    "number_input",
    "email_text_input",
    "url_text_input",
    "rich_text_input",
    "file_input",
)
HOSTS: dict[str, tuple[str, ...]] = {
    "actions": (*_CHOICES, "button", "overflow", "datetimepicker", "workflow_button", "rich_text_input"),
    "section": (*_CHOICES, "button", "overflow", "image", "workflow_button"),
    "input": (*_CHOICES, *_TYPED, "datetimepicker"),
    "context": ("image", "plain_text", "mrkdwn"),
    "context_actions": ("feedback_buttons", "icon_button"),
    "card": ("button",),
}
ELEMENT_SURFACES: dict[str, tuple[str, ...]] = {
    "datetimepicker": ("message", "modal"),
    "number_input": ("modal",),
    "email_text_input": ("modal",),
    "url_text_input": ("modal",),
    "file_input": ("modal",),
    "rich_text_input": ("modal", "home"),
    "workflow_button": ("message",),
}

BLOCKS_IN = {"message": 50, "modal": 100, "home": 100}
MESSAGE_CHARACTERS = 13_200  # from here Slack was seen to answer msg_blocks_too_long (slackapi/bolt-js#2509)
VIEW_BYTES = 250 * 1024
MARKDOWN_TOTAL = 12_000
ONE_PER_MESSAGE = ("table", "plan")
CHARTS_PER_MESSAGE = 2
CHART_SERIES = 6
CHART_POINTS = 20
TABLE_COLUMNS = 20
TABLE_CHARACTERS = 10_000
