"""How wide words are, so that nothing overlaps: widths of Source Sans 3, with room for the font that stands in."""

from __future__ import annotations

# Advance widths in thousandths of the size, from space to tilde, in the regular weight. All figures are equally wide.
_WIDTHS = [
    *(200, 289, 426, 497, 497, 824, 609, 249, 303, 303, 418, 497, 249, 311, 249, 350),
    *(497, 497, 497, 497, 497, 497, 497, 497, 497, 497, 249, 249, 497, 497, 497, 425),
    *(847, 543, 588, 571, 615, 527, 494, 617, 652, 263, 479, 579, 486, 727, 647, 664),
    *(566, 664, 569, 534, 536, 645, 515, 786, 513, 476, 539, 303, 350, 303, 497, 500),
    *(542, 504, 553, 456, 555, 496, 292, 504, 544, 246, 247, 495, 255, 829, 547, 542),
    *(555, 555, 347, 419, 338, 544, 467, 719, 446, 467, 425, 303, 241, 303, 497),
]
_ROOM = 1.1
_WIDE = 1000


def width_of(words: str, size: float) -> float:
    """An upper estimate of the printed width; letters that are not in the table count as full squares or 0.6."""
    thousandths = 0
    for letter in words:
        code = ord(letter) - 32
        known = 0 <= code < len(_WIDTHS)
        thousandths += _WIDTHS[code] if known else 600 if ord(letter) < 0x2E80 else _WIDE
    return thousandths * size * _ROOM / 1000


def shorten(words: str, width: float, size: float) -> str:
    """The words, or as much of them as fits before "…"."""
    if width_of(words, size) <= width:
        return words
    while words and width_of(f"{words}…", size) > width:
        words = words[:-1]
    return f"{words.rstrip()}…"


def wrap(words: str, width: float, size: float, *, lines: int) -> list[str]:
    """Broken at spaces into at most `lines` lines; what does not fit ends in "…"."""
    wrapped: list[str] = []
    for word in words.split():
        joined = f"{wrapped[-1]} {word}" if wrapped else word
        if wrapped and width_of(joined, size) <= width:
            wrapped[-1] = joined
        else:
            wrapped.append(word)
    if len(wrapped) > lines:
        wrapped[lines - 1 :] = [" ".join(wrapped[lines - 1 :])]
    return [shorten(line, width, size) for line in wrapped]
