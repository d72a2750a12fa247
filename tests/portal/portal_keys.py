"""What a person types in a browser."""

from __future__ import annotations

from typing import Any

import portal_homes as homes


def log_in(page: Any, name: str) -> None:
    """Fill in the form that is open."""
    page.fill("#login", name)
    page.fill("#password", homes.PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_selector(".who")
