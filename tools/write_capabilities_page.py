"""Write docs/reference/capabilities.md from what the plugins' contract tests declare."""

from __future__ import annotations

from capabilitiespage import PAGE, text_of_page

if __name__ == "__main__":
    PAGE.write_text(text_of_page(), encoding="utf-8")
    print(f"Written: {PAGE}")
