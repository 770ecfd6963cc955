"""The page a person sees about themselves: plain HTML, no scripts, readable by machine and screen reader."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from handlers.flows.own_page import KEPT_FOR, OwnPage
from qualification.receipts import Receipt

PURPOSES = {
    "contact": "Contact you about what you asked for",
    "marketing": "Send you news and offers",
    "profiling": "Count what you look at",
    "sharing": "Share your data with partners",
}
_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;"
    "background:#fff}h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}h3{font-size:1rem}dt{font-weight:600}"
    "dd{margin:0 0 .5rem}button{font:inherit;padding:.6rem 1rem;border:1px solid #1f6f43;border-radius:.3rem;"
    "background:#fff;color:#14502f;cursor:pointer}button.end{border-color:#9b1c1c;color:#9b1c1c}"
    "main{overflow-wrap:anywhere}"
    "form{margin:.75rem 0}.done{border-left:4px solid #1f6f43;padding:.5rem 1rem;background:#eef7f1}"
)
_LABELS = {"first_name": "First name", "last_name": "Last name", "email": "E-mail", "title": "Job title"}


def own_page(page: OwnPage, zone: ZoneInfo, notice: str = "") -> str:
    """The whole page.

    Args:
        notice: What was just done, in plain words.
    """
    lead = page.lead
    parts = [
        f'<p class="done" role="status">{escape(notice)}</p>' if notice else "",
        "<p>This page shows what we hold about you and lets you change it. Whoever has its address can see "
        "it, so keep the address to yourself.</p>",
        "<h2>About you</h2>",
        _list(_profile(page)),
        "<h2>What you sent us</h2>",
        _told(page, zone),
        "<h2>What you did</h2>",
        _items(f"{_day(at, zone)}: {says}" for at, says in page.did) or "<p>Nothing.</p>",
        "<h2>How we rate it</h2>",
        f"<p>{_score(page)}</p>",
        "<h2>Why we may use it</h2>",
        _permission(page, zone),
        "<h2>What you can do</h2>",
        '<p><a href="?download=1">Download your data (JSON)</a></p>',
        _opt_out(lead.permission.opted_out),
        _deletion(page, zone),
        "<p>Notes that our people took are not shown here. Ask us for a full copy, and we send you one.</p>",
    ]
    return _html("Your data", "".join(parts))


def not_found_page() -> str:
    """The same for a wrong address, an old one, and somebody who is gone: it says nothing about anybody."""
    words = (
        "<p>This address is not valid, or not any more. If you have a newer mail from us, use its link.</p>"
    )
    return _html("Nothing here", words)


def done_page(words: str) -> str:
    """A short answer: what they asked for is done."""
    return _html("Done", f'<p class="done" role="status">{escape(words)}</p>')


def trouble_page(words: str) -> str:
    """A short answer: nothing was done, and why."""
    return _html("Not done", f'<p role="alert">{escape(words)}</p>')


def own_data(page: OwnPage) -> dict[str, Any]:
    """The download."""
    lead = page.lead
    return {
        "about_you": _profile(page),
        "you_sent": [{"at": at.isoformat(), **dict(told)} for at, told in page.told],
        "you_did": [{"at": at.isoformat(), "what": says} for at, says in page.did],
        "score": _parts(page),
        "source": lead.source,
        "permission": {name: bool(getattr(lead.permission, name)) for name in PURPOSES},
        "opted_out": lead.permission.opted_out,
        "receipts": [receipt.as_json() for receipt in page.receipts],
    }


def _profile(page: OwnPage) -> dict[str, Any]:
    profile = page.lead.profile
    names = type(profile).__dataclass_fields__
    return {name: value for name in names if (value := getattr(profile, name)) is not None}


def _parts(page: OwnPage) -> dict[str, int]:
    score = page.score
    return {"total": score.total, "fit": score.fit, "engagement": score.engagement, "answers": score.bant}


def _score(page: OwnPage) -> str:
    score = page.score
    return (
        f"{score.total} points of 100: {score.fit} for what we know about you and your company, "
        f"{score.engagement} for what you did, {score.bant} for what you told us when we talked. They tell "
        "us whom to call first; a person decides what follows from them."
    )


def _told(page: OwnPage, zone: ZoneInfo) -> str:
    known = _profile(page)
    parts = []
    for at, told in page.told:
        said = {
            name: value
            for name, value in told.items()
            if value and known.get(name) != value and not name.startswith("consent_")
        }
        if said:
            parts.append(f"<h3>{_day(at, zone)}</h3>{_list(said)}")
    return "".join(parts) or "<p>Nothing besides the above.</p>"


def _permission(page: OwnPage, zone: ZoneInfo) -> str:
    held = page.lead.permission
    parts = []
    for name, says in PURPOSES.items():
        may = bool(getattr(held, name)) and not held.opted_out
        proofs = [receipt for receipt in page.receipts if receipt.purpose == name]
        said = _items(_proof(receipt, zone) for receipt in proofs)
        press = _form("withdraw", f"Withdraw: {says.lower()}", purpose=name) if may else ""
        parts.append(f"<h3>{says}: {'yes' if may else 'no'}</h3>{said}{press}")
    if held.objected_at:
        parts.append(f"<p>You told us on {_day(held.objected_at, zone)} not to sell or share your data.</p>")
    return "".join(parts)


def _proof(receipt: Receipt, zone: ZoneInfo) -> str:
    words = "Given" if receipt.granted else "Withdrawn"
    parts = [f"{words} {_day(receipt.at, zone)}", receipt.legal_basis if receipt.granted else ""]
    parts += [f"wording {receipt.wording}" if receipt.wording else "", receipt.form, receipt.page]
    return ", ".join(part for part in parts if part)


def _opt_out(already: bool) -> str:
    if already:
        return "<p>You asked us not to contact you, and we don't.</p>"
    return _form("optout", "Don't contact me any more")


def _deletion(page: OwnPage, zone: ZoneInfo) -> str:
    asked = page.asked
    if asked is None:
        return _form("erase", "Delete my data", css="end")
    if asked.state == "kept":
        why = KEPT_FOR.get(str(asked.receipt.get("kept_for")), "").lower()
        return f"<p>You asked on {_day(asked.asked_at, zone)} to be deleted. We have to keep it: {why}.</p>"
    due = f" at the latest on {_day(asked.due, zone)}" if asked.due else ""
    return f"<p>You asked us to delete your data. It happens{due}.</p>"


def _form(do: str, says: str, css: str = "", **hidden: str) -> str:
    fields = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in hidden.items()
    )
    look = f' class="{css}"' if css else ""
    return (
        f'<form method="post"><input type="hidden" name="do" value="{do}">{fields}'
        f"<button{look}>{escape(says)}</button></form>"
    )


def _list(values: Mapping[str, Any]) -> str:
    rows = []
    for name, value in values.items():
        label = _LABELS.get(name, name.replace("_", " ").capitalize())
        inside = value.items() if isinstance(value, Mapping) else ()
        says = "; ".join(f"{inner}: {one}" for inner, one in inside) or str(value)
        rows.append(f"<dt>{escape(label)}</dt><dd>{escape(says)}</dd>")
    return f"<dl>{''.join(rows)}</dl>"


def _items(said: Any) -> str:
    items = "".join(f"<li>{escape(one)}</li>" for one in said)
    return f"<ul>{items}</ul>" if items else ""


def _day(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{local.day} {local:%B %Y}"


def _html(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="robots" content="noindex"><title>{escape(title)}</title><style>{_STYLE}</style></head>'
        f"<body><main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )
