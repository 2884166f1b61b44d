"""What every answer has in common: results under vocabulary keys, the figures behind them, and how sure they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Source
    from nodecalc.question.ledger import Ledger

T = TypeVar("T")


class Answer:
    """Results as attributes; immutable. What takes longer than the rest is worked out when it is first asked for.

    A kind of answer says which keys it has, how it works out its band, and what it is made of again by pickle: the
    arguments of its constructor, whose order they keep.
    """

    __slots__ = ("_late", "_values", "catalogue", "ledger")

    _values: dict[str, Any]
    _late: dict[str, Any]
    catalogue: Catalogue
    ledger: Ledger
    """The catalogue's figures that the answer rests on."""

    KEYS: ClassVar[tuple[str, ...]] = ()
    """Results, in their order; one that there is no figure for is None."""
    BAND: ClassVar[tuple[str, ...]] = ()
    """Those of them that are P10, P50 and P90."""
    LATE: ClassVar[tuple[str, ...]] = ()
    """Parts that may be put together when they are first asked for: what does it waits under their names."""

    def _keep(self, values: Mapping[str, Any], **parts: Any) -> None:
        """Keep results and parts; of a constructor alone."""
        object.__setattr__(self, "_values", dict(values))
        object.__setattr__(self, "_late", {})
        for name, part in parts.items():
            object.__setattr__(self, name, part)

    def _work_out_band(self) -> tuple[float | None, ...]:
        """Return P10, P50 and P90, or None for each."""
        raise NotImplementedError

    def _later(self, name: str, work_out: Callable[[], T]) -> T:
        """Return what `work_out` gives, which is called when the part `name` is first asked for."""
        if name not in self._late:
            self._late[name] = work_out()
        found: T = self._late[name]
        return found

    def _arguments(self) -> tuple[Any, ...]:
        """Return what the constructor takes, as pickle can hold it."""
        raise NotImplementedError

    def __getattr__(self, name: str) -> Any:
        kind = type(self)
        if name in kind.BAND and name not in self._values:
            self._values.update(zip(kind.BAND, self._work_out_band(), strict=True))
        if name in kind.KEYS:
            return self._values.get(name)
        if name in kind.LATE and name in self._late:
            object.__setattr__(self, name, self._late[name]())
            return getattr(self, name)
        raise AttributeError(f"{self._told()} has no '{name}'; it has {', '.join(kind.KEYS)}")

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{self._told()} is immutable; '{name}' cannot be set")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{self._told()} is immutable; '{name}' cannot be deleted")

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (type(self), self._arguments(), self._values)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *type(self).KEYS})

    def __eq__(self, other: object) -> bool:
        return self.to_dict() == other.to_dict() if isinstance(other, type(self)) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self._values.get(key) for key in type(self).KEYS if key not in type(self).BAND))

    @classmethod
    def _told(cls) -> str:
        return f"{'an' if cls.__name__[0] in 'AEIOU' else 'a'} {cls.__name__}"

    @property
    def assumed(self) -> tuple[str, ...]:
        """Keys whose figures are nodecalc's own stand-ins."""
        return self.ledger.assumed

    @property
    def estimated(self) -> tuple[str, ...]:
        """Keys whose figures are derived rather than published."""
        return self.ledger.estimated

    @property
    def unverified(self) -> tuple[str, ...]:
        """Keys with a figure behind them that was recalled and not read again in its source."""
        return self.ledger.unverified

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources of the figures used, each once."""
        return self.ledger.sources(self.catalogue)

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as one flat row under vocabulary keys."""
        raise NotImplementedError


def _again(kind: type[Answer], arguments: tuple[Any, ...], values: Mapping[str, Any]) -> Answer:
    """What a pickle calls; results that were worked out late come along."""
    answer = kind(*arguments)
    answer._values.update(values)
    return answer
