"""Grooves of simple drum patterns."""

from __future__ import annotations

from backend.app.contract.analysis import SLOTS, Groove, Subdivision

FOUR_ON_THE_FLOOR = (0.0, 6.0, 12.0, 18.0)
BROKEN = (0.0, 9.0, 15.0)


def groove(
    *,
    kicks: tuple[float, ...] = FOUR_ON_THE_FLOOR,
    snares: tuple[float, ...] = (6.0, 18.0),
    eighths: float | None = None,
    sixteenths: float | None = None,
    kick_hz: float | None = 50.0,
    confidence: float = 0.95,
    span_s: tuple[float, float] = (0.0, 600.0),
) -> Groove:
    """Drums with kicks and snares on these slots, and hats on every eighth."""
    return Groove(
        start_s=span_s[0],
        end_s=span_s[1],
        low=_struck(kicks),
        mid=_struck(snares),
        high=_struck(tuple(range(0, SLOTS, 3))),
        eighths=None if eighths is None else Subdivision(at=eighths, strength=0.5),
        sixteenths=None if sixteenths is None else Subdivision(at=sixteenths, strength=0.5),
        kick_hz=kick_hz,
        confidence=confidence,
    )


def _struck(slots: tuple[float, ...]) -> list[float]:
    return [float(slot in slots) for slot in range(SLOTS)]
