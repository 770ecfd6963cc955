"""A YAML file with the line of every place in it, and changing values in it without losing its comments."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import yaml

from qualification.yaml_part import BadDefinition

LONGEST = 200_000
"""Characters; the definition we ship has 9,000."""
# libyaml reads it ten times as fast where PyYAML has it.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(text: str) -> tuple[object, dict[str, int], list[BadDefinition]]:
    """The file's values, the line of every place such as `fit.size.ranges[1].from`, and names given twice.

    Raises:
        BadDefinition: no YAML, or too long.
    """
    if len(text) > LONGEST:
        raise BadDefinition(f"The definition is longer than {LONGEST:,} characters.")
    loader = _Loader(text)
    lines: dict[str, int] = {}
    twice: list[BadDefinition] = []
    value = None
    try:
        node = loader.get_single_node()
        if node is not None:
            value = loader.construct_document(node)
            _walk(node, "", lines, twice, set())
    except yaml.YAMLError as problem:
        raise _broken(problem) from problem
    except (ValueError, OverflowError) as odd:  # a date or number that is none
        raise BadDefinition(f"A value can't be read: {str(odd)[:100]}.") from odd
    except RecursionError as deep:
        raise BadDefinition("The definition is nested deeper than anything it knows.") from deep
    finally:
        loader.dispose()
    return value, lines, twice


def _broken(problem: yaml.YAMLError) -> BadDefinition:
    mark = getattr(problem, "problem_mark", None)
    what = getattr(problem, "problem", None) or str(problem).splitlines()[0]
    hint = "Look for a tab, a missing blank behind a colon, or a bracket or quote that is not closed."
    return BadDefinition(f"This is not valid YAML: {what}.", mark.line + 1 if mark else None, hint)


def _walk(node: Any, where: str, lines: dict[str, int], twice: list[BadDefinition], seen: set[int]) -> None:
    if id(node) in seen:  # an alias: its places have the lines of where it was written
        return
    seen.add(id(node))
    lines.setdefault(where, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            at = f"{where}.{key.value}" if where else str(key.value)
            line = key.start_mark.line + 1
            if at in lines:
                twice.append(BadDefinition(f"{at} stands there twice, first in line {lines[at]}.", line))
            lines[at] = line
            _walk(value, at, lines, twice, seen)
    elif isinstance(node, yaml.SequenceNode):
        for place, value in enumerate(node.value, 1):
            at = f"{where}[{place}]"
            lines[at] = value.start_mark.line + 1
            _walk(value, at, lines, twice, seen)


def with_values(text: str, changes: Mapping[str, int | float | bool | str]) -> str:
    """The file with single values replaced; everything else, comments included, stays letter by letter.

    Args:
        changes: Place, such as `actions.demo_request.points` → its new value.
    Raises:
        BadDefinition: there is no such place.
    """
    spans: dict[str, tuple[int, int]] = {}
    # Not libyaml here: its marks count bytes, these count characters.
    _spans(yaml.compose(text, Loader=yaml.SafeLoader), "", spans)
    missing = sorted(changes.keys() - spans.keys())
    if missing:
        raise BadDefinition(f"The definition lacks {missing[0]}.", None, "Change it in the file itself.")
    for place in sorted(changes, key=lambda at: spans[at], reverse=True):
        start, end = spans[place]
        text = f"{text[:start]}{json.dumps(changes[place], ensure_ascii=False)}{text[end:]}"
    return text


def _spans(node: Any, where: str, spans: dict[str, tuple[int, int]]) -> None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            _spans(value, f"{where}.{key.value}" if where else str(key.value), spans)
    elif isinstance(node, yaml.SequenceNode):
        for place, value in enumerate(node.value, 1):
            _spans(value, f"{where}[{place}]", spans)
    elif isinstance(node, yaml.ScalarNode):
        spans[where] = (node.start_mark.index, node.end_mark.index)
