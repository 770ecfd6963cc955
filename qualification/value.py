"""Plain data that nobody changes, made by the hundred thousand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform, overload

T = TypeVar("T")


@overload
def value(cls: type[T], /) -> type[T]: ...
@overload
def value(*, slots: bool = True) -> Callable[[type[T]], type[T]]: ...
@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value(cls: type[T] | None = None, /, *, slots: bool = True) -> type[T] | Callable[[type[T]], type[T]]:
    """A frozen dataclass of which the type checker alone sees to it that nobody sets a field.

    A frozen one of Python's own goes through `object.__setattr__` for every field it is made with: an event
    takes three times as long, and an import of leads, which makes forty such objects a row, a tenth longer.
    Compared, hashed and copied (`dataclasses.replace`) they are alike. For what is made for every lead;
    whatever is made once stays `@dataclass(frozen=True)`.
    """
    make = dataclass(slots=slots, unsafe_hash=True)
    return make if cls is None else make(cls)
