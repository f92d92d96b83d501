"""The table of capabilities and dialects matches what the contract tests declare."""

from __future__ import annotations

from capabilitiespage import PAGE, readmes, text_of_page


def test_page() -> None:
    """After a change of a declaration or of the contract run tools/write_capabilities_page.py."""
    assert text_of_page() == PAGE.read_text(encoding="utf-8")


def test_readmes() -> None:
    """The README of each plugin ends with what its own test declares."""
    texts = readmes()
    assert 5 == len(texts)
    for path, text in texts.items():
        assert text == path.read_text(encoding="utf-8")
