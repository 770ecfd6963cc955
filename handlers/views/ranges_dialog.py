"""The dialog with the ranges that others publish: one a line, so that one field takes them all."""

from __future__ import annotations

from slack_sdk.models.views import View

from handlers.views import ids
from handlers.views.fields import dialog, text_field
from handlers.views.message import context
from qualification.benchmarks import LONGEST, MEASURES


def ranges_dialog(text: str) -> View:
    """What ours stands beside, ready to be changed."""
    known = ", ".join(f"`{name}`" for name in MEASURES)
    blocks = [
        *context(
            [
                "One range a line: number | for whom | range | source | date. "
                f"Numbers: {known}. Nothing at all brings back the ranges that came with Greenlight."
            ]
        ),
        text_field(ids.KPI_RANGES_TEXT, "Ranges", value=text, multiline=True, longest=LONGEST),
    ]
    return dialog(ids.KPI_RANGES_SAVED, "Published ranges", blocks, submit="Save", metadata={})
