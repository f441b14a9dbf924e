"""The API's documentation in a browser."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from .conftest import Segue


def test_documentation_works_under_its_policy_and_without_other_servers(page: Page, segue: Segue):
    complaints: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{segue.api_url}/docs")
    operation = page.locator("#operations-health-health_health_get")
    operation.get_by_role("button").first.click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()
    expect(operation.locator(".live-responses-table").get_by_text('"ok"')).to_be_visible()
    assert complaints == []
    assert [url for url in asked if not url.startswith((segue.api_url, "data:"))] == []
