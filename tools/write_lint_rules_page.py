"""Write docs/reference/lint-rules.md from the rules of the core and of the plugins."""

from __future__ import annotations

from lintpage import PAGE, text_of_page

if __name__ == "__main__":
    PAGE.write_text(text_of_page(), encoding="utf-8")
    print(f"Written: {PAGE}")
