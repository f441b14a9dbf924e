"""What YouTube would refuse, told beside the field that it lies in."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from backend.app.contract.publishing import FaultView
from frontend.problems import escaped


class FaultPlaces:
    """A place below each field; what lies in none of them is told at the end."""

    def __init__(self) -> None:
        self._places: dict[str, DeltaGenerator] = {}

    def below(self, *fields: str) -> None:
        """Here is where the faults of these fields of the request are told."""
        place = st.container(gap="xsmall", key=f"faults_{fields[0]}")
        self._places.update(dict.fromkeys(fields, place))

    def tell(self, faults: Sequence[FaultView], rest: DeltaGenerator) -> None:
        """Tell each fault in its place, or in ``rest``."""
        for fault in faults:
            tell_fault(self._places.get(fault.field, rest), fault)


def tell_fault(place: DeltaGenerator, fault: FaultView) -> None:
    """A sign, what is wrong, and what to do; a warning stops nobody."""
    color, icon = ("orange", "warning") if fault.is_warning else ("red", "error")
    hint = f" {escaped(fault.hint)}" if fault.hint else ""
    place.markdown(f":{color}[:material/{icon}:] {escaped(fault.message)}{hint}")
