"""Which variant wins: a verdict that may be looked at every day, or why there is none."""

from __future__ import annotations

from qualification.experiment_judging import (
    ArmCounts,
    ExperimentCounts,
    Judged,
    compared,
    immature_of,
    judged_of,
    needed_for,
)
from qualification.kpi import Answer, Asked, Fields, Value, answer, share
from qualification.kpi_experiment_words import words_for


def ab(asked: Asked, counts: ExperimentCounts) -> Answer:
    """Per variant how many saw it, how many of them converted in time, and whether it differs from the first.

    Of a variant, `lift` is the difference to the control, a fraction, with the range that holds at every
    look; `p` is always valid (Holm). The total has the winner as `verdict`, and alone `sample_ratio_p` and
    `needed`, how many more people it will take.
    """
    judged = judged_of(counts)
    together = ArmCounts("all", tuple(day for arm in judged.arms for day in arm.days), immature_of(judged))
    needed = needed_for(judged)

    def fields(one: ArmCounts) -> Fields:
        rate = share(one.conversions, one.seen)
        values: dict[str, Value] = {"seen": one.seen, "immature": one.immature}
        values |= {"conversions": one.conversions, "rate": rate}
        missing = {} if rate else {"rate": "nobody who saw it is past the outcome window"}
        more, why = _of_all(judged, needed) if one is together else _against(judged, one)
        return {**values, **more}, missing | why

    return answer("ab", asked, judged.arms, together, fields, words_for(asked, counts, judged, needed))


def _against(judged: Judged, arm: ArmCounts) -> Fields:
    told, apart = _told_of(judged, arm)
    together: dict[str, Value] = {"sample_ratio_p": None, "needed": None}
    return told | together, apart | dict.fromkeys(together, "of all variants together")


def _told_of(judged: Judged, arm: ArmCounts) -> Fields:
    values: dict[str, Value] = {"lift": None, "p": None, "verdict": judged.verdict(arm)}
    if arm is judged.control:
        return values, dict.fromkeys(("lift", "p"), "the others are compared with this one")
    if judged.uneven:
        return values, dict.fromkeys(("lift", "p"), "the arms were not shown as planned")
    apart = compared(judged, arm)
    if apart is None:
        return values, dict.fromkeys(("lift", "p"), "nobody to compare yet")
    values["lift"] = {"value": apart.value, "low": apart.low, "high": apart.high}
    values["p"] = judged.ps[judged.arms.index(arm) - 1]
    return values, {}


def _of_all(judged: Judged, needed: int | None) -> Fields:
    winner = judged.winner
    values: dict[str, Value] = {
        "lift": None,
        "p": None,
        "verdict": winner.key if winner else None,
        "sample_ratio_p": judged.ratio,
        "needed": needed,
    }
    missing = dict.fromkeys(("lift", "p"), "each variant has its own")
    if winner is None:
        missing["verdict"] = "the arms were not shown as planned" if judged.uneven else "not decided yet"
    if needed is None:
        missing["needed"] = "decided" if winner else "nobody said what share converts today"
    return values, missing
