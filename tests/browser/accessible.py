"""What axe, a checker of accessibility, finds on a page."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page


def expect_accessible(page: Page) -> None:
    """Fail with what axe finds on a page, in light and dark colours."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page).response["violations"]
        nodes = [
            f"{each['id']}: {each['help']}: {node['html']}"
            for each in found
            for node in each["nodes"]
        ]
        assert not nodes, f"{scheme}: {nodes}"
    page.emulate_media(color_scheme=None)
