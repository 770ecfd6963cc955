"""Draws random curves with lifelines and keeps them: `python -m tests.qualification.lifelines_curves`.

Not part of the tests, for it needs lifelines (`pip install lifelines==0.30.3`).
"""

from __future__ import annotations

import json
from collections import Counter
from math import isinf
from pathlib import Path
from random import Random
from typing import Any

CURVES = 60


def drawn(chance: Random, fitter: Any) -> dict[str, Any]:
    """One group of people and its curve."""
    spread = chance.choice((5, 40, 400))
    whole = chance.random() < 0.7
    people: Counter[tuple[float, bool]] = Counter()
    for _ in range(chance.randint(1, 60)):
        at = float(chance.randint(0, spread)) if whole else round(chance.uniform(0, spread), 3)
        people[at, chance.random() < 0.6] += chance.choice((1, 1, 1, 7, 150))
    rows = sorted(people.items())
    times, seen, weights = zip(*((at, seen, n) for (at, seen), n in rows), strict=True)
    known = fitter().fit(times, seen, weights=weights)
    table, band = known.event_table, known.confidence_interval_
    steps = [
        {
            "at": float(at),
            "survival": float(known.survival_function_.iloc[:, 0][at]),
            "low": float(band.iloc[:, 0][at]),
            "high": float(band.iloc[:, 1][at]),
            "at_risk": int(table.at_risk[at]),
        }
        for at in table.index
        if table.observed[at] > 0
    ]
    median = float(known.median_survival_time_)
    told = [[at, seen, n] for (at, seen), n in rows]
    return {"people": told, "steps": steps, "median": None if isinf(median) else median}


def main() -> None:
    """Draw them all, the same each time."""
    import lifelines

    chance = Random(1958)
    curves = [drawn(chance, lifelines.KaplanMeierFitter) for _ in range(CURVES)]
    told = json.dumps({"lifelines": lifelines.__version__, "curves": curves}).replace("NaN", "null")
    (Path(__file__).with_suffix(".json")).write_text(told + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
