"""Show YouTube's objections below the form fields that they concern."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from backend.app.contract.publishing import FaultView
from frontend.error_messages import escaped


class FieldErrors:
    """A place for errors below each field; errors without a field go to the form's end."""

    def __init__(self) -> None:
        self._places: dict[str, DeltaGenerator] = {}

    def reserve(self, *fields: str) -> None:
        """Reserve a place for errors of these request fields."""
        place = st.container(gap="xsmall", key=f"errors_{fields[0]}")
        self._places.update(dict.fromkeys(fields, place))

    def show(self, faults: Sequence[FaultView], rest: DeltaGenerator) -> None:
        """Show each error at its field, or else in ``rest``."""
        for fault in faults:
            show_fault(self._places.get(fault.field, rest), fault)


def show_fault(place: DeltaGenerator, fault: FaultView) -> None:
    """Show an error or a warning with its hint."""
    color, icon = ("orange", "warning") if fault.is_warning else ("red", "error")
    hint = f" {escaped(fault.hint)}" if fault.hint else ""
    place.markdown(f":{color}[:material/{icon}:] {escaped(fault.message)}{hint}")
