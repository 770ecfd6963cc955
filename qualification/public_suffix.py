"""Under which endings people register names: the public suffix list, as tldextract bundles it.

Only its list is read. Its code brings an HTTP client along: a third of a second and fourteen megabytes, which
the first lead of the day would wait for.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

_REGISTRIES_END = "// ===END ICANN DOMAINS==="
"""What follows are companies who give out names below their own: those are somebody's all the same."""


def public_suffix(host: str) -> str | None:
    """The ending of a host under which names are registered, `co.uk`; None where the list knows none.

    The longest rule wins, "*" stands for one label, and "!" takes one name out of a "*"
    (https://github.com/publicsuffix/list/wiki/Format).
    """
    labels = host.split(".")
    for start in range(len(labels)):
        ending = ".".join(labels[start:])
        rules = _rules()
        if f"!{ending}" in rules:
            return ending.partition(".")[2]
        if ending in rules or (start + 1 < len(labels) and f"*.{'.'.join(labels[start + 1 :])}" in rules):
            return ending
    return None


@cache
def _rules() -> frozenset[str]:
    package = find_spec("tldextract")  # finds it without running it
    assert package is not None and package.origin is not None
    text = Path(package.origin).with_name(".tld_set_snapshot").read_text(encoding="utf-8")
    lines = text.partition(_REGISTRIES_END)[0].splitlines()
    return frozenset(_ascii(line.strip()) for line in lines if line.strip() and not line.startswith("//"))


def _ascii(rule: str) -> str:
    return rule if rule.isascii() else rule.encode("idna").decode("ascii")
