"""Money as people type it, and as we show it. Amounts are integers in the currency's smallest unit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from qualification.errors import Refused

# ISO 4217, active national currencies. Smallest units other than a hundredth are named below.
_CODE = re.compile("[A-Z]{3}")
CURRENCIES = frozenset(
    _CODE.findall("""
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD
    CDF CHF CIE CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP
    GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD
    KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN
    NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP
    SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND
    VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
    """)
)
NO_DECIMALS = _CODE.findall("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF")
THREE_DECIMALS = _CODE.findall("BHD IQD JOD KWD LYD OMR TND")
DIGITS = dict.fromkeys(NO_DECIMALS, 0) | dict.fromkeys(THREE_DECIMALS, 3)
# Signs that mean one currency; "$" and "¥" are shared, so the workspace's own currency wins where it fits.
SIGNS = {
    "€": "EUR",
    "£": "GBP",
    "₹": "INR",
    "₺": "TRY",
    "₽": "RUB",
    "₴": "UAH",
    "₪": "ILS",
    "₩": "KRW",
    "zł": "PLN",
}
WORDS = {"euro": "EUR", "euros": "EUR", "pounds": "GBP", "yen": "JPY"}
SHARED_SIGNS = {
    "$": ("USD", "AUD", "CAD", "NZD", "SGD", "HKD", "MXN", "TWD"),
    "¥": ("JPY", "CNY"),
    "kr": ("SEK", "NOK", "DKK", "ISK"),
    "dollars": ("USD", "AUD", "CAD", "NZD", "SGD", "HKD", "TWD"),
}
SCALES = {
    "k": 1_000, "tsd": 1_000, "thousand": 1_000,
    "m": 1_000_000, "mn": 1_000_000, "mio": 1_000_000, "million": 1_000_000,
}  # fmt: skip
LARGEST = 10**15
EXAMPLES = "Write it like 12000 EUR, 1,234.50 USD or 12k."

_AMOUNT = re.compile(r"(?P<before>[^\d\s.,+-]*)\s*(?P<number>[\d.,'’ ]*\d)\s*(?P<after>\D*)", re.ASCII)
_GROUPED = re.compile(r"\d{1,3}([.,'’ ])\d{3}(?:\1\d{3})*|\d{1,2}(?:,\d{2})+,\d{3}", re.ASCII)


@dataclass(frozen=True, order=True)
class Money:
    """An amount in a currency's smallest unit: `Money(1_234_50, "EUR")` is 1,234.50 EUR."""

    minor: int
    currency: str

    def __str__(self) -> str:
        return format_money(self)


class AmbiguousAmount(Refused):
    """An amount that is a thousand times larger in another country. `readings` has both, larger first."""

    def __init__(self, text: str, readings: tuple[Money, Money]) -> None:
        larger, smaller = readings
        self.readings = readings
        ask = f"Please write it as {_plain(larger)} or {_plain(smaller)}."
        super().__init__(f"“{text[:40]}” can mean {larger} or {smaller}. {ask}")


def minor_digits(currency: str) -> int:
    """How many decimals the currency has: 2 for most, 0 for JPY, 3 for KWD (ISO 4217)."""
    return DIGITS.get(currency, 2)


def format_money(money: Money) -> str:
    """`1,234.50 EUR`: always with the currency's decimals, so that it can be read back without doubt."""
    digits = minor_digits(money.currency)
    return f"{Decimal(money.minor).scaleb(-digits):,.{digits}f} {money.currency}"


def parse_amount(text: str, default_currency: str) -> Money:
    """Read what a person typed after "won": a number in any country's writing, with or without a currency.

    One separator before exactly three digits ("12.000", "12,000") is ambiguous wherever both readings are
    possible; with a currency that has three decimals, the point is its decimal point, as we print it.

    Raises:
        AmbiguousAmount: both readings make sense; ask back.
        Refused: no number, an unknown currency, nothing or less, too many decimals, too much.
    """
    said = " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())
    if re.match(r"\D*[-−–]\s*[\d.,]", said):
        raise Refused(f"The amount must be more than zero. {EXAMPLES}")
    match = _AMOUNT.fullmatch(said)
    if match is None:
        raise Refused(f"I can't read an amount in “{said[:40]}”. {EXAMPLES}")
    scale, currency = _unit(match["before"], match["after"], default_currency)
    exact = [number * scale for number in _numbers(said, match["number"], currency)]
    readings = [_rounded(number, currency) for number in exact]
    if len(readings) == 2:
        raise AmbiguousAmount(said, (readings[0], readings[1]))
    if exact[0].scaleb(minor_digits(currency)) != readings[0].minor:
        raise Refused(f"{currency} has {minor_digits(currency)} decimals, “{said[:40]}” has more. {EXAMPLES}")
    if readings[0].minor <= 0:
        raise Refused(f"The amount must be more than zero. {EXAMPLES}")
    return readings[0]


def _unit(before: str, after: str, default: str) -> tuple[int, str]:
    """The scale and the currency in the words around a number."""
    words = re.findall(r"[^\W\d_]+|[^\w\s]", f"{before} {after}".replace(".", "").replace(",-", ""))
    scale, currency = 1, ""
    for word in words:
        if word.lower() in SCALES and scale == 1:
            scale = SCALES[word.lower()]
        elif currency:
            raise Refused(f"I see more than one currency: {currency} and {word[:20]}. {EXAMPLES}")
        else:
            currency = _currency(word, default)
    return scale, currency or default


def _currency(word: str, default: str) -> str:
    shared = SHARED_SIGNS.get(word.lower())
    if shared:
        return default if default in shared else shared[0]
    code = SIGNS.get(word.lower()) or WORDS.get(word.lower()) or word.upper()
    if code not in CURRENCIES:
        raise Refused(
            f"I don't know the currency “{word[:20]}”. Use its three letters, like EUR, USD or GBP."
        )
    return code


def _numbers(said: str, number: str, currency: str) -> list[Decimal]:
    """The ways to read the digits: one, or two when a single separator could be either."""
    marks = re.findall(r"[.,'’ ]", number)
    if not marks:
        return [Decimal(number)]
    whole, last, rest = number.rpartition(marks[-1])
    as_decimal = _decimal(whole, last, rest)
    grouped = Decimal(re.sub(r"\D", "", number)) if _GROUPED.fullmatch(number) else None
    if grouped is not None and len(marks) == 1 and as_decimal is not None and not number.startswith("0"):
        digits = minor_digits(currency)
        if digits == 0:
            return [grouped]
        return [as_decimal] if last == "." and digits == 3 else [grouped, as_decimal]
    readings = [reading for reading in (as_decimal, grouped) if reading is not None]
    if not readings:
        raise Refused(f"I can't read the number in “{said[:40]}”. {EXAMPLES}")
    return readings[:1]


def _decimal(whole: str, mark: str, rest: str) -> Decimal | None:
    """The number if its last mark is a decimal point, or None where it can't be one."""
    if mark not in ".," or mark in whole or not (whole.isdigit() or _GROUPED.fullmatch(whole) or not whole):
        return None
    return Decimal(f"{re.sub(r'[^0-9]', '', whole) or '0'}.{rest}")


def _rounded(amount: Decimal, currency: str) -> Money:
    minor = amount.scaleb(minor_digits(currency))
    if minor > LARGEST:
        raise Refused("That amount is too large to be true. Please check the zeros.")
    return Money(int(minor.to_integral_value(ROUND_HALF_UP)), currency)


def _plain(money: Money) -> str:
    digits = minor_digits(money.currency)
    whole, rest = divmod(money.minor, 10**digits)
    return f"{whole}{f'.{rest:0{digits}d}' if rest else ''} {money.currency}"
