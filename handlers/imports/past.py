"""What a row says happened to its lead before: stage, dates, owner, outcome. Contradictions are refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from handlers.imports.moments import Dates, RefusedRow
from handlers.imports.names import STAGES, plain_word
from qualification.definition import Definition
from qualification.errors import Refused
from qualification.lead import Stage
from qualification.money import CURRENCIES, LARGEST, AmbiguousAmount, minor_digits, parse_amount
from qualification.past import Past

DATES = ("mql_at", "sql_at", "won_at", "lost_at", "disqualified_at")
REACHED = (
    ("won_at", Stage.CUSTOMER),
    ("lost_at", Stage.LOST),
    ("disqualified_at", Stage.DISQUALIFIED),
    ("sql_at", Stage.SQL),
    ("mql_at", Stage.MQL),
)
ENDS = {"won_at": Stage.CUSTOMER, "lost_at": Stage.LOST, "disqualified_at": Stage.DISQUALIFIED}

NO_AMOUNT = "A customer without an amount: counts as won, adds nothing to revenue"
NO_CUSTOMER = "An amount, but the stage is no customer: kept as a note"
_PLAIN_AMOUNT = re.compile(r"\d{1,15}(?:\.\d{1,2})?")


@dataclass(frozen=True, slots=True)
class PastReader:
    """What reading the past needs to know.

    Attributes:
        find_owner: the Slack id behind an owner as the file names it, None for strangers.
    """

    definition: Definition
    dates: Dates
    currency: str
    find_owner: Callable[[str], str | None]

    def read(self, told: Mapping[str, str], created: datetime) -> tuple[Past, dict[str, str], list[str]]:
        """The past of one row, what of it is kept as notes only, and what the importing person must know.

        Args:
            told: The row's non-empty cells under our names.
            created: When the lead came to be.
        Raises:
            RefusedRow: an unknown stage, reason, currency or date, or dates that contradict each other.
        """
        if not told:
            return _NOTHING, {}, []
        notes: dict[str, str] = {}
        warnings: list[str] = []
        moments = self._moments(told, created)
        stage = self._stage(told.get("stage"), moments)
        amount, currency = self._amount(told, stage, notes, warnings)
        past = Past(
            stage=stage,
            owner=self._owner(told.get("owner"), notes),
            reason=self._reason(told.get("reason"), stage, notes),
            amount_minor=amount,
            currency=currency,
            **moments,
        )
        return past, notes, warnings

    def _moments(self, told: Mapping[str, str], created: datetime) -> dict[str, datetime]:
        """The dates that were given, each not before those it must follow."""
        moments: dict[str, datetime] = {}
        latest, latest_name = created, "occurred_at"
        for name in ("mql_at", "sql_at"):
            if name in told:
                moments[name] = self.dates.read(told[name], name, latest)
                if moments[name] < latest:
                    raise RefusedRow(f"{name} lies before {latest_name}")
                latest, latest_name = moments[name], name
        for name in ("won_at", "lost_at", "disqualified_at"):
            if name in told:
                moments[name] = self.dates.read(told[name], name, latest)
                if moments[name] < latest:
                    raise RefusedRow(f"{name} lies before {latest_name}")
        return moments

    def _stage(self, said: str | None, moments: Mapping[str, datetime]) -> Stage | None:
        """The stage the row names, or the furthest one it has a date for."""
        if said is None:
            return next((stage for name, stage in REACHED if name in moments), None)
        word = STAGES.get(plain_word(said))
        if word is None:
            raise RefusedRow(f"stage: none we know; use one of {', '.join(Stage)}")
        stage = Stage(word)
        for name, end in ENDS.items():
            # A deal that was won and given back, or closed and reopened, leaves such dates behind.
            if name in moments and stage is not end:
                raise RefusedRow(f"{name} is given, but the stage is {stage}")
        return stage

    def _reason(self, said: str | None, stage: Stage | None, notes: dict[str, str]) -> str | None:
        if said is None:
            return None
        if stage is Stage.DISQUALIFIED:
            known = {code: reason.says for code, reason in self.definition.disqualify_reasons.items()}
        elif stage is Stage.LOST:
            known = {code: reason.says for code, reason in self.definition.lost_reasons.items()}
        else:
            notes["reason"] = said
            return None
        word = plain_word(said)
        found = next((code for code, says in known.items() if word in (code, plain_word(says))), None)
        if found is None:
            raise RefusedRow(f"reason: none we know for {stage}; use one of {', '.join(known)}")
        return found

    def _owner(self, said: str | None, notes: dict[str, str]) -> str | None:
        """The person in Slack; somebody who isn't there owns nothing, or the lead would wait for nobody."""
        if said is None:
            return None
        known = self.find_owner(said)
        if known is None:
            notes["owner"] = said
        return known

    def _amount(
        self, told: Mapping[str, str], stage: Stage | None, notes: dict[str, str], warnings: list[str]
    ) -> tuple[int | None, str | None]:
        said = told.get("amount")
        if stage is Stage.CUSTOMER:
            minor, currency = self._money(said, told) if said else (0, "")
            if not minor:
                warnings.append(NO_AMOUNT)
            return (minor, currency) if minor else (None, None)
        if said:
            notes["amount"] = " ".join(filter(None, (said, told.get("currency"))))
            try:
                self._money(said, told)
            except RefusedRow as doubt:
                warnings.append(f"{doubt} (kept as a note, for the stage is no customer)")
            else:
                warnings.append(NO_CUSTOMER)
        return None, None

    def _money(self, said: str, told: Mapping[str, str]) -> tuple[int, str]:
        currency = told.get("currency", self.currency).strip().upper()
        if currency not in CURRENCIES:
            raise RefusedRow("currency: none we know; write it as EUR, USD or GBP")
        return _money(said.strip(), currency)


def _money(said: str, currency: str) -> tuple[int, str]:
    """Minor units of an amount in major units with a decimal point; other writings only when beyond doubt."""
    if _PLAIN_AMOUNT.fullmatch(said):
        minor = Decimal(said).scaleb(minor_digits(currency))
        if minor != int(minor) or minor > LARGEST:
            raise RefusedRow(f"amount: {currency} has {minor_digits(currency)} decimals")
        return int(minor), currency
    try:
        money = parse_amount(said, currency)
    except AmbiguousAmount:
        raise RefusedRow("amount: can mean a thousand times more; write it as 1234.50") from None
    except Refused:
        raise RefusedRow("amount: must be a number with a decimal point, as 1234.50") from None
    return money.minor, money.currency


_NOTHING = Past()
