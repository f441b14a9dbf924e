"""Filling a crate: refused files, order, names."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import soundfile
from playwright.sync_api import Locator, Page, expect


def titles(page: Page) -> list[str]:
    rows = page.get_by_label("Running order").get_by_role("listitem")
    return [rows.nth(i).get_by_role("textbox").first.input_value() for i in range(rows.count())]


def rows(page: Page) -> Locator:
    return page.get_by_label("Running order").get_by_role("listitem")


@pytest.fixture
def filled(signed_in: Page, crate: list[Path]) -> Page:
    signed_in.get_by_label("Add tracks").set_input_files(crate)
    expect(rows(signed_in)).to_have_count(3)
    return signed_in


def test_refused_file_is_removed_and_an_unsent_one_retried(
    signed_in: Page, tmp_path: Path, crate: list[Path]
) -> None:
    text = tmp_path / "shopping list.mp3"
    text.write_text("milk, bread, eggs\n" * 500)
    signed_in.get_by_label("Add tracks").set_input_files([text, crate[0]])
    refused = signed_in.get_by_label("Uploads").get_by_role("listitem")
    expect(refused).to_have_count(1)
    expect(refused).to_contain_text("shopping list.mp3")
    expect(refused.locator(".why")).to_have_text(re.compile(r"\w+ \w+"))
    expect(refused.get_by_role("button", name="Retry")).to_have_count(0)
    expect(rows(signed_in)).to_have_count(1)  # the song was accepted
    refused.get_by_role("button", name="Remove shopping list.mp3").click()
    expect(refused).to_have_count(0)

    signed_in.route("**/uploads/tracks", lambda route: route.abort(), times=1)
    signed_in.get_by_label("Add tracks").set_input_files(crate[1])
    refused.get_by_role("button", name=re.compile("^Retry")).click()
    expect(rows(signed_in)).to_have_count(2)


def test_tracks_are_in_the_order_of_dropping(
    signed_in: Page, crate: list[Path], tmp_path: Path
) -> None:
    slow = tmp_path / "Slow one.wav"  # so long that its check finishes after the next one's
    noise = np.random.default_rng(5).normal(0, 0.1, (200 * 44_100, 2)).astype(np.float32)
    soundfile.write(slow, noise, 44_100)
    signed_in.get_by_label("Add tracks").set_input_files([crate[0], slow, crate[1]])
    expect(rows(signed_in)).to_have_count(3)
    assert titles(signed_in) == ["First Light", "Slow one", "Café con Leche"]


def test_order_can_be_changed(filled: Page) -> None:
    first = titles(filled)
    rows(filled).nth(0).get_by_role("button", name="drag").press("Alt+ArrowDown")
    assert titles(filled) == [first[1], first[0], first[2]]
    rows(filled).nth(2).get_by_role("button", name=re.compile("^Move .* up$")).click()
    assert titles(filled) == [first[1], first[2], first[0]]
    drag(filled, rows(filled).nth(0), rows(filled).nth(2))
    assert titles(filled) == [first[2], first[0], first[1]]


def drag(page: Page, row: Locator, onto: Locator) -> None:
    grip = row.get_by_role("button", name="drag").bounding_box()
    goal = onto.bounding_box()
    assert grip and goal
    page.mouse.move(grip["x"] + 8, grip["y"] + 8)
    page.mouse.down()
    page.mouse.move(grip["x"] + 8, goal["y"] + goal["height"] - 4, steps=14)
    page.wait_for_timeout(300)
    page.mouse.up()
    page.wait_for_timeout(300)  # the row moves into place


def test_names_order_and_removals_survive_a_reload(filled: Page) -> None:
    box = rows(filled).nth(1).get_by_role("textbox").first
    box.fill("Coffee, late")
    box.press("Enter")
    rows(filled).nth(0).get_by_role("button", name=re.compile("^Remove")).click()
    expect(filled.get_by_text("2 tracks, ready to mix.")).to_be_visible()
    filled.reload()
    expect(rows(filled)).to_have_count(2)
    assert titles(filled)[0] == "Coffee, late"
    filled.get_by_role("button", name="Restore 1 removed track").click()
    expect(filled.get_by_text("3 tracks, ready to mix.")).to_be_visible()


def test_start_over_clears_the_tracks(filled: Page) -> None:
    filled.get_by_role("button", name="Start over").click()
    expect(filled.get_by_text("Drop your tracks here")).to_be_visible()
    expect(filled.get_by_label("Running order")).to_have_count(0)
    expect(filled.get_by_role("button", name="Start mixing")).to_be_disabled()
