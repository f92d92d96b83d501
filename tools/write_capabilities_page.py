"""Write docs/reference/capabilities.md and READMEs from what the contract tests declare."""

from __future__ import annotations

from capabilitiespage import PAGE, readmes, text_of_page

if __name__ == "__main__":
    for path, text in {PAGE: text_of_page(), **readmes()}.items():
        path.write_text(text, encoding="utf-8")
        print(f"Written: {path}")
