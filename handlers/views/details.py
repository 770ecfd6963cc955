"""Details: everything known of a lead, its whole history, and what is too rare for the card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    ButtonElement,
    ConfirmObject,
    DividerBlock,
    HeaderBlock,
    PlainTextObject,
)
from slack_sdk.models.views import View

from handlers.views import ids
from handlers.views.alert import bant_summary
from handlers.views.erasure import erase_button
from handlers.views.fields import dialog
from handlers.views.message import button, context, controls, packed, sections
from handlers.views.news import HistoryLine
from handlers.views.standing import (
    contact,
    owner_line,
    score_line,
    score_parts,
    stage_line,
    state_lines,
    who,
)
from handlers.views.text import SECTION, day, line, mention, pages, when
from qualification.lead import Lead, Stage
from qualification.receipts import Receipt
from qualification.seen import Seen

LINES = 80
_EXTRAS = 20
_REASONS = 30
_RECEIPTS = 20
_REVEAL = "contact.controls"
_WITHDRAW = "permission.controls"


def details_dialog(
    seen: Seen,
    lines: Sequence[HistoryLine],
    *,
    metadata: Mapping[str, Any],
    undo: str | None = None,
    crm_url: str | None = None,
    more: int = 0,
    admin: bool = False,
    receipts: Sequence[Receipt] = (),
    own_page: bool = False,
    people: Sequence[Block] = (),
    masked: bool = False,
) -> View:
    """Everything about one lead.

    Args:
        lines: The history, newest first; 80 are shown and the rest counted.
        undo: The step Undo would take back, while it still may.
        more: How many older lines there are that were not even handed in.
        admin: Whoever looks may erase the person.
        receipts: The proof of permission, oldest first.
        masked: Where this was opened, contact data isn't shown: offer Reveal.
        own_page: Admins can give the person the address of their own page.
        people: Who this may be too, and who else is there (`views.same_person`).
    """
    lead = seen.lead
    blocks: list[Block] = [
        *sections([who(lead.profile), stage_line(seen), owner_line(seen), *state_lines(seen)]),
        *controls(ids.CONTROLS, _rare(lead, undo, crm_url, admin, own_page)),
        *people,
        *_part("Contact", _contact(lead)),
        *controls(_REVEAL, _reveal(lead) if masked else []),
        *_part("What they wrote", pages(lead.message or "")),
        *_part("Score", [score_line(seen), *score_parts(seen.score, _REASONS)]),
        *_part("Direct inquiry", [_inquiry(seen)]),
        *_part("BANT", bant_summary(lead, seen.definition)),
        *_part("Notes", [*pages(lead.notes or ""), _next_step(seen)]),
        *_part("Sent back because", pages(lead.sent_back_for or "")),
        *_part("Permission", [*_permission(lead), *_proofs(receipts, seen)]),
        *controls(_WITHDRAW, _withdraw(lead)),
        *_part("Where it came from", _origin(lead)),
        *_part("More they told us", _extra(lead)),
        DividerBlock(),
        HeaderBlock(text="History"),
        *_history(lines, more),
    ]
    carried = {**metadata, "lead": lead.number}
    return dialog(ids.DETAILS, f"Details {lead.name}", blocks, submit=None, metadata=carried)


def _part(title: str, paragraphs: Sequence[str]) -> list[Block]:
    said = [paragraph for paragraph in paragraphs if paragraph]
    return sections([f"*{title}*", *said]) if said else []


def _contact(lead: Lead) -> list[str]:
    profile = lead.profile
    facts = {
        "Title": profile.title,
        "Company": profile.company,
        "People": f"{profile.employees:,}" if profile.employees else None,
        "Industry": profile.industry,
        "Country": profile.country,
        "Website": profile.website,
    }
    return [contact(profile), *(f"{name}: {line(value)}" for name, value in facts.items() if value)]


def _inquiry(seen: Seen) -> str:
    """Whether they asked us themselves, who says so and since when."""
    lead = seen.lead
    theirs = ""
    if seen.asked_at:
        names = [a.action for a in lead.activities if a.at == seen.asked_at]
        actions = [seen.definition.actions[name] for name in names if name in seen.definition.actions]
        says = next((line(a.says).lower() for a in actions if a.inquiry), "asked us")
        theirs = f"they {says}, {when(seen.asked_at, seen.zone)}"
    if lead.inquiry is None:
        return f"Yes: {theirs}" if theirs else "Not that we know: no demo, price, quote or call was asked for"
    who = mention(lead.inquiry_by) if lead.inquiry_by else "a rep"
    at = f" since {when(lead.inquiry_said_at, seen.zone)}" if lead.inquiry_said_at else ""
    said = f"{'Yes' if lead.inquiry else 'No'}, says {who}{at}"
    return f"{said}; {theirs}" if theirs else said


def _reveal(lead: Lead) -> list[ButtonElement]:
    if lead.erased:
        return []
    return [button(ids.REVEAL, "Reveal", str(lead.number), about=f"contact data of {lead.name}")]


def _next_step(seen: Seen) -> str:
    lead = seen.lead
    step = line(lead.next_step, 300) if lead.next_step else ""
    date = day(lead.next_step_at, seen.zone) if lead.next_step_at else ""
    said = ", ".join(part for part in (step, date) if part)
    return f"Next step: {said}" if said else ""


def _permission(lead: Lead) -> list[str]:
    given = lead.permission
    if given.opted_out:
        return ["They asked not to be contacted. Nobody may."]
    allowed = {
        "contact them": given.contact,
        "send marketing": given.marketing,
        "score what they look at": given.profiling,
        "share their data": given.sharing,
    }
    yes, no = ([what for what, may in allowed.items() if may is wanted] for wanted in (True, False))
    basis = f"Given by: {line(given.basis)}" if given.basis else ""
    may = f"We may {', '.join(yes)}." if yes else ""
    objected = "They said: do not sell or share." if given.objected_at else ""
    return [may, f"We may not {_either(no)}." if no else "", basis, objected]


def _either(words: Sequence[str]) -> str:
    return " or ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)


def _proofs(receipts: Sequence[Receipt], seen: Seen) -> list[str]:
    """One line each: which purpose, when, from where, in which words."""
    lines = []
    for one in receipts[-_RECEIPTS:]:
        verb = "given" if one.granted else "withdrawn"
        parts = [f"{one.purpose} {verb} {day(one.at, seen.zone)}", one.legal_basis if one.granted else ""]
        parts += [f"wording {line(one.wording, 60)}" if one.wording else "", line(one.form, 60)]
        lines.append("• " + " · ".join(part for part in (*parts, line(one.page, 100)) if part))
    return lines


def _withdraw(lead: Lead) -> list[ButtonElement]:
    """Withdrawn as easily as given; contact as a whole is Opt-out."""
    given = lead.permission
    if given.opted_out or lead.erased:
        return []
    return [
        button(f"{ids.WITHDRAW}{name}", f"Withdraw {name}", str(lead.number), about=lead.name)
        for name in ("marketing", "profiling", "sharing")
        if getattr(given, name)
    ]


def _origin(lead: Lead) -> list[str]:
    facts = {
        "Source": lead.source,
        "Campaign": lead.campaign,
        "Variant": lead.variant,
        "Handed in by": lead.captured_by,
    }
    return [f"{name}: {line(value)}" for name, value in facts.items() if value and line(value)]


def _extra(lead: Lead) -> list[str]:
    said = [f"{line(name, 60)}: {line(value, 300)}" for name, value in lead.extra[:_EXTRAS]]
    left_out = len(lead.extra) - _EXTRAS
    return [*said, f"… and {left_out} more"] if left_out > 0 else said


def _history(lines: Sequence[HistoryLine], more: int) -> list[Block]:
    said = [f"{one.when} · {one.who}: {one.what} · v{one.version}" for one in lines[:LINES]]
    older = len(lines) - len(said) + more
    if older:
        said.append(f"… and {older:,} older")
    # Half of what a section may hold: a wall of text is hard to read even where Slack allows it.
    texts = packed(said or ["Nothing has happened yet."], SECTION // 2)
    return [shown for text in texts for shown in context([text])]


def _rare(
    lead: Lead, undo: str | None, crm_url: str | None, admin: bool, own_page: bool
) -> list[ButtonElement]:
    number, about = str(lead.number), lead.name
    rows = []
    if undo:
        rows.append(button(ids.UNDO, "Undo", ids.undo(lead.number, undo), about=about))
    if lead.owner and lead.stage in (Stage.LEAD, Stage.MQL, Stage.SQL, Stage.NURTURE):
        rows.append(button(ids.BACK, "Back to queue", number, about=about))
    if lead.stage is Stage.SQL:
        rows += [button(ids.WON, "Won", number, about=about), button(ids.LOST, "Lost", number, about=about)]
    if crm_url:
        rows.append(button(ids.OPEN_CRM, "Open in CRM", number, about=about, url=crm_url))
    if not (lead.permission.opted_out or lead.erased):
        sure = ConfirmObject(
            title="They don't want to be contacted?",
            text=PlainTextObject(
                text="Clocks and nurture end, and nobody may contact them until they ask us again."
            ),
            confirm="Opt out",
            deny="Cancel",
        )
        rows.append(button(ids.OPT_OUT, "Opt-out", number, about=about, style="danger", confirm=sure))
    if admin and own_page and not lead.erased:
        rows.append(button(ids.OWN_PAGE, "Their page", number, about=about))
    if admin and not lead.erased:
        rows.append(erase_button(lead))
    return rows
