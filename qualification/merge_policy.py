"""The definition's merge policy: whose word stays on each field when two leads become one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields

from qualification.lead import Profile
from qualification.yaml_part import BadDefinition, Part

POLICIES = ("newest", "oldest", "longest", "source", "ask")
FIELDS = tuple(f.name for f in fields(Profile))


@dataclass(frozen=True, slots=True)
class MergePolicy:
    """Field → policy; a field that is not named takes the newest word.

    `sources` ranks sources for the policy "source", the most trusted first; one not named comes last.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    sources: Sequence[str] = ()

    @property
    def asks(self) -> tuple[str, ...]:
        """The fields a person chooses."""
        return tuple(name for name in FIELDS if self.fields.get(name) == "ask")


NEWEST = MergePolicy()
"""The newest word on every field."""


def merge_policy(raw: Part | None) -> MergePolicy:
    """The optional part `merge` of a definition.

    Raises:
        BadDefinition: no such field or policy.
    """
    if raw is None:
        return NEWEST
    with raw:
        chosen: dict[str, str] = {}
        if given := raw.part_or_none("fields"):
            with given:
                chosen = {name: policy for name in FIELDS if (policy := given.text_or_empty(name))}
        for name, policy in chosen.items():
            if policy not in POLICIES:
                raise BadDefinition(
                    f"merge.fields.{name} must be one of {', '.join(POLICIES)}, not “{policy}”."
                )
        sources = raw.words_or("sources", ())
        if "source" in chosen.values() and not sources:
            raise BadDefinition("merge.sources must rank the sources, for a field goes by its source.")
        return MergePolicy(chosen, sources)
