"""Why a rate changed: its change against the window before, split exactly into mix and rate of each key."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from qualification.kpi_cells import NOBODY
from qualification.kpi_entry import Kpi, Wording
from qualification.kpi_words import percent, said
from qualification.money import Money

NOTHING = Fraction(0)


@dataclass(frozen=True)
class Ratio:
    """What one key brings to a rate: `top` (customers, cents) of `base` (leads)."""

    top: int
    base: int


@dataclass(frozen=True)
class Part:
    """What one key did to the rate. `mix` and `rate` add up to it, and those of all keys to the change.

    `before` and `this` are its two ratios; shares are of all bases.
    """

    key: str
    before: Ratio
    this: Ratio
    share_before: Fraction
    share_this: Fraction
    mix: Fraction
    rate: Fraction


@dataclass(frozen=True)
class Change:
    """The rate in two windows and what made it change; the parts in order of what they did, largest first."""

    before: Fraction
    this: Fraction
    parts: tuple[Part, ...]

    @property
    def by(self) -> Fraction:
        """How much it changed."""
        return self.this - self.before


def why_changed(this: Mapping[str, Ratio], before: Mapping[str, Ratio]) -> Change | None:
    """Split the change of Σ top ÷ Σ base between two windows; None where either has no base.

    For a key with share w of the base and rate r, with means over both windows marked by a bar and R for the
    whole: rate = w̄ · Δr, the change had only its rate moved; mix = (r̄ − R̄) · Δw, the change had only its
    share moved, to or from keys of an average rate. They add up to ΔR without a rest, because Σ Δw = 0.

    A key without a base in one window has no rate there: what it had in the other counts for both, so that
    coming and going is mix. What it cost without any base (spend without leads) is its rate.

    Source: E. Kitagawa, "Components of a difference between two rates", JASA 50 (1955), with the symmetric
    weights of P. Das Gupta, US Census P23-186 (1993); the mix is measured from the whole's mean rate.

    Worked example: before 50 of 500 and 10 of 500 (6.0%), now 20 of 400 and 12 of 600 (3.2%): −2.8 points.
    The first: rate 45% × −5.0 = −2.25, mix (7.5% − 4.6%) × −10 = −0.29; the second: rate 0.0, mix
    (2.0% − 4.6%) × +10 = −0.26. Together −2.80.
    """
    base_this, base_before = (sum(one.base for one in side.values()) for side in (this, before))
    if not base_this or not base_before:
        return None
    whole_this = Fraction(sum(one.top for one in this.values()), base_this)
    whole_before = Fraction(sum(one.top for one in before.values()), base_before)
    middle = (whole_this + whole_before) / 2
    parts = []
    for key in sorted({*this, *before}):
        now, then = this.get(key, Ratio(0, 0)), before.get(key, Ratio(0, 0))
        share_now, share_then = Fraction(now.base, base_this), Fraction(then.base, base_before)
        moved = share_now - share_then
        known = [Fraction(one.top, one.base) for one in (now, then) if one.base]
        mean = sum(known, NOTHING) / len(known) if known else middle
        mix = (mean - middle) * moved
        brought = Fraction(now.top, base_this) - Fraction(then.top, base_before)
        parts.append(Part(key, then, now, share_then, share_now, mix, brought - middle * moved - mix))
    parts.sort(key=lambda part: (-max(abs(part.mix), abs(part.rate)), part.key))
    return Change(whole_before, whole_this, tuple(parts))


def tells_why(kpi: Kpi) -> bool:
    """Whether this number can tell why it changed."""
    return kpi.why is not None or bool(kpi.first)


def told(change: Change, wording: Wording, who: Callable[[str], str], this: str, before: str) -> str:
    """The change, and its two largest causes, in words.

    Args:
        who: What the leads of a key are called: "webinar leads" (see `called`).
        this: The window's name, `before` that of the other.
    """
    was, now = _amount(change.before, wording), _amount(change.this, wording)
    moved = f"{wording.what}: {now} ({this}) against {was} ({before}), {signed(change.by, wording)}."
    if not change.by and not any(part.mix or part.rate for part in change.parts):
        return said(f"{wording.what}: {now} ({this}), and the same before ({before}). Nothing changed.")
    causes = largest(change)
    first_key = causes[0][0].key if causes else ""
    words = [
        _cause(part, kind, wording, "" if at and part.key == first_key else who(part.key))
        for at, (part, kind) in enumerate(causes)
    ]
    return said(moved, f"Most of it: {'; '.join(words)}." if words else "")


def largest(change: Change, most: int = 2) -> list[tuple[Part, str]]:
    """The largest causes as (part, "mix" or "rate"), what did nothing left out."""
    causes = [(part, kind) for part in change.parts for kind in ("rate", "mix") if getattr(part, kind)]
    return sorted(causes, key=lambda one: -abs(getattr(one[0], one[1])))[:most]


def called(key: str, noun: str, names: Mapping[str, str]) -> str:
    """What the leads of a key are called: "webinar leads", "leads without a campaign", "leads of ana".

    Args:
        names: Handles by Slack id, for a split by rep.
    """
    if key.startswith("no "):
        return f"{noun} without a {key.removeprefix('no ')}"
    if key == NOBODY:
        return f"{noun} that nobody has"
    return f"{noun} of {names[key]}" if key in names else f"{key} {noun}"


def _cause(part: Part, kind: str, wording: Wording, who: str) -> str:
    """One cause; without `who` it is about the same leads as the one before it."""
    effect = signed(getattr(part, kind), wording)
    if kind == "rate" and not (part.before.base and part.this.base):
        return f"{_for_nothing(part, wording)}: {effect}"
    if kind == "rate":
        way = wording.more if part.rate > 0 else wording.less
        return f"{who or 'they'} {way}: {effect}"
    more = "more" if part.share_this > part.share_before else "fewer"
    shares = f"{percent(float(part.share_before))} → {percent(float(part.share_this))} of all"
    return f"{more} {who or 'of them'} came ({shares}): {effect}"


def _for_nothing(part: Part, wording: Wording) -> str:
    """Spend that brought nobody in one of the windows: nothing got cheaper or dearer, it was there or not."""
    spent, was = (
        _amount(Fraction(one.top), wording) if one.top and not one.base else ""
        for one in (part.this, part.before)
    )
    noun = wording.noun.removesuffix("s")
    what = f"spend without a {part.key[3:]}" if part.key.startswith("no ") else part.key
    if spent and was:
        return f"{what} took {spent} without bringing a {noun}, {was} before"
    if spent:
        return f"{what} took {spent} without bringing a {noun}"
    return f"{what} took {was} without bringing a {noun} before, and no longer does"


def signed(amount: Fraction, wording: Wording, *, short: bool = False) -> str:
    """`−1.2 points`, or `+2.10 EUR` for a cost; `short` for a table's cell: `−1.2 pt`."""
    if wording.currency is not None:
        minor = _half_up(abs(amount))
        return f"{'−' if amount < 0 and minor else '+'}{Money(minor, wording.currency)}"
    tenths = _half_up(1000 * abs(amount))
    return f"{'−' if amount < 0 and tenths else '+'}{tenths / 10:.1f} {'pt' if short else 'points'}"


def _half_up(amount: Fraction) -> int:
    return int(amount + Fraction(1, 2))


def _amount(rate: Fraction, wording: Wording) -> str:
    return percent(float(rate)) if wording.currency is None else str(Money(_half_up(rate), wording.currency))


Row = Sequence[str]


def rows(change: Change, wording: Wording, names: Mapping[str, str], head: str) -> list[Row]:
    """The split as a table, its head first and the whole last; columns add up but for rounding."""
    table: list[Row] = [(head, f"Share of {wording.noun}", "Rate", "By mix", "By rate", "Together")]
    for part in change.parts:
        table.append(
            (
                names.get(part.key, part.key),
                f"{percent(float(part.share_before))} → {percent(float(part.share_this))}",
                f"{_ratio(part.before, wording)} → {_ratio(part.this, wording)}",
                signed(part.mix, wording, short=True),
                signed(part.rate, wording, short=True),
                signed(part.mix + part.rate, wording, short=True),
            )
        )
    mix, rate = sum((p.mix for p in change.parts), NOTHING), sum((p.rate for p in change.parts), NOTHING)
    whole = f"{_amount(change.before, wording)} → {_amount(change.this, wording)}"
    sums = [signed(amount, wording, short=True) for amount in (mix, rate, change.by)]
    return [*table, ("All", "100%", whole, *sums)]


def _ratio(ratio: Ratio, wording: Wording) -> str:
    return _amount(Fraction(ratio.top, ratio.base), wording) if ratio.base else "–"
