"""Everything held about one person, as data: what they may ask for (GDPR articles 15 and 20)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from handlers.flows.office import Office, Rules
from handlers.flows.whose import Whose, find_whose
from qualification.arrival import NewLead
from qualification.lead import Lead
from qualification.receipts import receipts_of
from store.erasures import Erasure
from store.intake import Kept, Waiting
from store.work import Work

Held = dict[str, Any]


async def export_person(office: Office, where: str, who: str) -> Held:
    """What is held about whoever `who` names.

    Raises:
        Refused, Nobody: as `find_whose`.
    """
    found = await find_whose(office, where, who)
    rules = await office.rules(where)
    async with office.store.read(where) as work:
        leads = [await about_lead(work, rules, lead, office) for lead in found.leads]
    return _together(found, leads, office.clock().isoformat())


def _together(found: Whose, leads: list[Held], now: str) -> Held:
    return {
        "exported_at": now,
        "leads": leads,
        "waiting_for_permission": [_waiting(one) for one in found.waiting],
        "said_as_a_visitor": [_said(one) for one in found.named],
        "in_quarantine": [_kept(one) for one in found.quarantined],
        "named_in_notes_about": [f"L-{number}" for number in found.mentioned_in],
        "on_suppression_list": found.suppressed,
    }


async def about_lead(work: Work, rules: Rules, lead: Lead, office: Office) -> Held:
    """One lead with its facts, events, permission, and where our messages about it stand."""
    history = await work.leads.history(lead.number)
    facts = await work.privacy.facts(lead.number)
    told = {fact.id: fact.data for fact in facts}
    seen = rules.see(lead, office.clock())
    profile = {name: value for name, value in _fields(lead.profile).items() if value is not None}
    return {
        "lead": lead.name,
        "erased": lead.erased,
        "profile": profile,
        "stage": lead.stage.value,
        "since": lead.stage_since.isoformat() if lead.stage_since else None,
        "came_in": lead.received_at.isoformat(),
        "source": lead.source,
        "campaign": lead.campaign,
        "with": _person(lead.owner, rules),
        "score": {
            "total": seen.score.total,
            "fit": seen.score.fit,
            "engagement": seen.score.engagement,
            "bant": seen.score.bant,
            "reasons": [
                {"part": part.name, "points": _readable(r.points), "why": r.text}
                for part in seen.score.parts
                for r in part.reasons
            ],
        },
        "permission": {
            "contact": lead.permission.contact,
            "marketing": lead.permission.marketing,
            "profiling": lead.permission.profiling,
            "sharing": lead.permission.sharing,
            "opted_out": lead.permission.opted_out,
            "do_not_sell_or_share": lead.permission.objected_at is not None,
            "receipts": [receipt.as_json() for receipt in receipts_of(history, told)],
        },
        "told": [{"kind": f.kind, "at": f.at.isoformat(), **_plain(f.data)} for f in facts],
        "history": [
            {
                "at": event.at.isoformat(),
                "what": event.kind.value,
                "by": _person(event.actor, rules),
                "definition": event.version,
                "data": _plain(event.data),
            }
            for event in history
        ],
        "messages_in_slack": [
            {"kind": place.kind, "channel": place.channel, "ts": place.ts, "at": place.at.isoformat()}
            for place in await work.privacy.places(lead.number)
        ],
        "erasures": [_erasure(one) for one in await work.privacy.erasures_of(lead.number)],
    }


def _fields(profile: object) -> dict[str, Any]:
    return {name: getattr(profile, name) for name in type(profile).__dataclass_fields__}  # type: ignore[attr-defined]


def _readable(points: float) -> float | int:
    """A faded half as people write it: 29.99938 is 30, 4.5 stays."""
    tenth = round(float(points), 1)
    return int(tenth) if tenth.is_integer() else tenth


def _person(user: str | None, rules: Rules) -> str | None:
    return rules.names.get(user, user) if user else None


def _plain(data: Mapping[str, Any]) -> Held:
    return dict(data)


def _waiting(one: Waiting) -> Held:
    told = one.new.fact.data
    return {
        "received": one.received_at.isoformat(),
        "kept_until": one.expires_at.isoformat(),
        "why": one.why,
        "action": one.new.label,
        "source": one.new.source,
        **_plain(told),
    }


def _said(one: NewLead) -> Held:
    return {"at": one.occurred_at.isoformat(), **_plain(one.fact.data)}


def _kept(one: Kept) -> Held:
    return {
        "received": one.received_at.isoformat(),
        "source": one.source,
        "body": one.body.decode("utf-8", "replace"),
    }


def _erasure(one: Erasure) -> Held:
    return {
        "state": one.state,
        "why": one.why,
        "asked": one.asked_at.isoformat(),
        "erased": one.erased_at.isoformat() if one.erased_at else None,
        "receipt": dict(one.receipt),
    }


def as_json(held: Held) -> str:
    """For machines, and for whoever takes their data along."""
    return json.dumps(held, indent=2, ensure_ascii=False, default=str)


def as_text(held: Held) -> str:
    """The same for people: one line a value, indented by what it belongs to."""
    lines: list[str] = []
    _write(lines, held, 0)
    return "\n".join(lines)


def _write(lines: list[str], value: Mapping[str, Any], depth: int) -> None:
    pad = "  " * depth
    for name, one in value.items():
        label = name.replace("_", " ")
        label = label[:1].upper() + label[1:]
        if one in (None, "", [], {}):
            continue
        if isinstance(one, Mapping):
            lines.append(f"{pad}{label}:")
            _write(lines, one, depth + 1)
        elif isinstance(one, list):
            lines.append(f"{pad}{label}:")
            for item in one:
                if isinstance(item, Mapping):
                    start = len(lines)
                    _write(lines, item, depth + 2)
                    if len(lines) > start:
                        lines[start] = f"{pad}  - {lines[start].lstrip()}"
                else:
                    lines.append(f"{pad}  - {item}")
        else:
            said = {True: "yes", False: "no"}.get(one, one) if isinstance(one, bool) else one
            text = str(said).replace("\n", f"\n{pad}  ")
            lines.append(f"{pad}{label}: {text}")
