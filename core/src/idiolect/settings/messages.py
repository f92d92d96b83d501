"""The documented type of the options for messages."""

from __future__ import annotations

from typing import TypedDict


class MessagingOptions(TypedDict):
    """Options for messages: ``quiet`` suppresses what commands print."""

    quiet: bool
