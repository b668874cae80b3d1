"""The fonts of PDFs, and what of a text they can show.

DejaVu Sans, which the ``ziafont`` package brings along, has Latin, Greek, Cyrillic, Hebrew, Arabic,
Armenian, Georgian and many signs. Noto Sans SC and Noto Sans KR (``pylopdf-fonts-…``) have Chinese,
Japanese and Korean letters; they are read when the first text needs them. Files carry only the
letters that they show. A letter that is in no font shows as a replacement sign, never as nothing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources

import pylopdf_fonts_ko
import pylopdf_fonts_zh_cn
from fpdf import FPDF

FONT = "DejaVu"
REPLACEMENT = "\ufffd"
"""What stands for a letter that no font has."""
_EAST_ASIAN = {"NotoSC": pylopdf_fonts_zh_cn.sans_path, "NotoKR": pylopdf_fonts_ko.sans_path}
_RIGHT_TO_LEFT = {"R", "AL", "AN"}
_SPACES = {"Cc", "Zl", "Zp", "Zs"}
_MARKS = {"Mn", "Me", "Mc"}
_JOINERS = "\u200c\u200d"
_EMOJI_PARTS = {chr(code) for code in range(0x1F3FB, 0x1F400)}  # colours of skin


class Fonts:
    """The fonts of one document."""

    def __init__(self, document: FPDF):
        self._document = document
        font = resources.files("ziafont").joinpath("fonts/DejaVuSans.ttf")
        with resources.as_file(font) as file:
            document.add_font(FONT, fname=str(file))
        self._letters = _letters(document, FONT)
        self._others: frozenset[int] | None = None

    def shown(self, text: str) -> str:
        """A text of what a page can show: one line, whole letters, replacement signs.

        Letters and their marks are composed where there is a letter for both (NFC), as the fonts
        have them. Invisible signs are left out, but for those that (do not) join Arabic letters.
        """
        if text.isascii() and text.isprintable():
            return text
        kept: list[str] = []
        joined = _runs_left(text)
        for letter in unicodedata.normalize("NFC", text):
            self._add(kept, letter)
        return "".join(letter for letter in kept if letter not in _JOINERS or joined)

    def _add(self, kept: list[str], letter: str) -> None:
        """Appends a letter as it is, as a space, as a replacement sign, or not at all."""
        kind = unicodedata.category(letter)
        if kind in _SPACES:
            kept.append(" ")
        elif kind == "Cf" or unicodedata.name(letter, "").startswith("VARIATION SELECTOR"):
            kept += [letter] if letter in _JOINERS else []
        elif kind in _MARKS and kept[-1:] == [REPLACEMENT]:
            return
        elif self._has(letter):
            kept.append(letter)
        elif not _goes_on(kept, letter):
            kept.append(REPLACEMENT)
        elif kept[-1] in _JOINERS:
            kept.pop()

    @contextmanager
    def ready_for(self, text: str) -> Iterator[None]:
        """Within, a text is shaped and has further fonts if it needs that: both take time."""
        if text.isascii():
            yield
            return
        shaped = _runs_left(text)
        others = self._others is not None and any(ord(c) not in self._letters for c in text)
        self._document.set_fallback_fonts([*_EAST_ASIAN] if others else [], exact_match=False)
        self._document.set_text_shaping(use_shaping_engine=shaped)
        try:
            yield
        finally:
            self._document.set_fallback_fonts([])
            # fpdf2 takes the font for set on the page even where it set it within this text only
            self._document.current_font_is_set_on_page &= not others
            self._document.set_text_shaping(use_shaping_engine=False)

    def _has(self, letter: str) -> bool:
        if ord(letter) in self._letters:
            return True
        if self._others is None:
            for name, path in _EAST_ASIAN.items():
                self._document.add_font(name, fname=str(path()))
            found = [_letters(self._document, name) for name in _EAST_ASIAN]
            self._others = frozenset().union(*found)
        return ord(letter) in self._others


def _letters(document: FPDF, name: str) -> frozenset[int]:
    """The letters that a font of a document has, as code points."""
    return frozenset(document.fonts[name.lower()].cmap)


def _runs_left(text: str) -> bool:
    """Whether a text has letters that are written from right to left."""
    return any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in text)


def _goes_on(kept: list[str], letter: str) -> bool:
    """Whether a letter belongs to the sign before it: a family of emoji is one sign."""
    if not kept:
        return False
    if kept[-1] == "\u200d":
        return len(kept) > 1 and kept[-2] == REPLACEMENT
    return kept[-1] == REPLACEMENT and letter in _EMOJI_PARTS
