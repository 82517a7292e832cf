"""What every page must hold: no sideways scroll, no cut text, targets big enough, nothing serious for axe."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

LEAST_TARGET = 48  # CSS pixels high

ONLY_VIOLATIONS: dict[str, Any] = {"resultTypes": ["violations"]}  # axe then gathers no proof of what is well
CUT_TEXT = """() => [...document.querySelectorAll('h1,h2,p,button,a,td,th,label,strong,small,span')]
  .filter(e => e.offsetParent && e.children.length === 0 && e.textContent.trim()
    && getComputedStyle(e).overflow === 'hidden' && getComputedStyle(e).webkitLineClamp === 'none'
    && e.scrollWidth > e.clientWidth + 1 && !e.classList.contains('visually-hidden'))
  .map(e => e.textContent.trim().slice(0, 60))"""

SMALL_TARGETS = """(least) => [...document.querySelectorAll('button, select, input:not([type=hidden]):not([type=checkbox]):not([type=radio]), a.button, nav a')]
  .filter(e => e.checkVisibility() && e.offsetParent && !e.closest('.visually-hidden'))
  .map(e => [e.tagName, (e.textContent || e.name || '').trim().slice(0, 40), Math.round(e.getBoundingClientRect().height)])
  .filter(([, , height]) => height < least)"""

SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def faults(page: Page, *, colours: bool = True) -> list[str]:
    """Everything a designer would mend on the page as it stands. `colours`: their contrast too, which takes longest."""
    found = []
    if (beyond := page.evaluate(SIDEWAYS)) > 0:
        found.append(f"scrolls sideways by {beyond} px")
    found += [f"cut text: {text}" for text in page.evaluate(CUT_TEXT)]
    found += [f"small target: {target}" for target in page.evaluate(SMALL_TARGETS, LEAST_TARGET)]
    for violation in _axe(page, colours):
        if violation["impact"] in {"serious", "critical"}:
            where = violation["nodes"][0]["html"][:120]
            found.append(f"axe {violation['id']}: {violation['help']} at {where}")
    return found


def _axe(page: Page, colours: bool) -> list[dict[str, Any]]:
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    options = ONLY_VIOLATIONS | ({} if colours else {"rules": {"color-contrast": {"enabled": False}}})
    found: list[dict[str, Any]] = page.evaluate("(options) => axe.run(options)", options)["violations"]
    return found
