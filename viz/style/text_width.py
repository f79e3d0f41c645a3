"""How wide a text will be, known before anything draws it: as in DejaVu Sans, wider than most sans-serifs."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

__all__ = ["text_width"]

# The characters of each advance width, in thousandths of the font size: from the hmtx tables of DejaVu Sans
# 2.35, the copy that comes with matplotlib, with which a test compares them.

REGULAR = {
    166: "ₗ", 175: "ⱼ", 179: "ᵢⁱ", 228: "′", 246: "⁽⁾₍₎", 259: "ᵣ", 275: "'", 278: "ijl", 295: "ₜIJ",
    318: " ,.·", 337: "/:;\\|", 339: "ι", 353: "f", 361: "-", 373: "ₛ", 374: "″", 385: "ᵀ", 391: "()[]",
    392: "ₐ", 393: "t", 399: "ₙ", 401: "!⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉", 404: "ₕ", 405: "ᵤ", 412: "r", 414: "ₒℓ",
    417: "ₑᵥ", 426: "ₖ", 428: "ₚ", 444: "ₓ", 460: "\"", 500: "*_`–°‖", 518: "∂", 521: "s∫", 525: "z",
    528: "⁻⁺₊₋", 531: "?", 541: "ε", 544: "ζ", 550: "c", 558: "LξΓ", 559: "ν", 576: "F", 578: "χ", 579: "υ",
    580: "k", 590: "κ", 592: "vxyγλ", 603: "πτ", 604: "P", 611: "TY", 612: "oδθο", 613: "a", 616: "e",
    623: "ₘ", 632: "EΞΣ", 634: "hnuησ", 635: "Sbdgpqρ", 637: "$0123456789{}μ", 638: "√", 639: "β", 656: "K",
    660: "αφψ", 669: "∇", 674: "∑", 685: "AVΔΛ", 686: "XZ", 687: "B", 695: "R", 699: "C", 721: "ℒ", 732: "U",
    749: "N", 752: "HΠ", 757: "∏", 765: "Ω", 771: "D", 775: "G", 780: "&", 788: "OQΘΦΨ", 818: "w", 834: "∞",
    838: "#+<=>^~ω×÷−±≈≤≥≠→←", 863: "M", 872: "∈", 951: "%", 970: "½¼¾", 975: "m", 989: "W", 1000: "@…—",
    1026: "�",
}  # fmt: skip

BOLD = {
    219: "ₗⁱ", 220: "ᵢⱼ", 264: "′", 288: "⁽⁾₍₎", 307: "'", 315: "ᵣ", 343: "ijl", 349: " ", 366: "/\\|",
    373: "IJ", 380: ",.·", 381: "ₛ", 388: "ₜ", 390: "ι", 400: ":;", 413: "ₓ", 416: "-", 430: "ᵀ", 436: "f",
    438: "⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉", 447: "″", 456: "ₕᵤₙ", 457: "!", 458: "ₐ()[]", 472: "ℓ", 479: "ₑₚt", 487: "ₖ",
    488: "ₒ", 494: "r", 500: "_`–°‖", 501: "ᵥ", 521: "\"", 523: "*", 528: "⁻⁺₊₋", 544: "∂", 557: "ε",
    581: "?", 583: "z", 591: "ζξ", 593: "c", 596: "s", 610: "∫", 632: "Ξ", 633: "λ", 638: "LΓ", 639: "τ",
    646: "xχ", 652: "vy", 664: "ₘ", 666: "k", 667: "√", 675: "a", 676: "υ", 679: "e", 682: "γν", 683: "T",
    684: "EFΣ", 688: "oαδθο", 696: "$0123456789", 697: "∇", 711: "κ", 712: "hnu{}η", 716: "bdgpqβρ", 718: "∑",
    721: "S", 725: "Y", 726: "Z", 733: "P", 734: "C", 736: "μ", 763: "B", 771: "RX", 774: "AVΔΛ", 775: "K",
    779: "σ", 783: "φ", 788: "∏", 792: "π", 794: "ψ", 813: "U", 821: "G", 831: "D", 834: "∞", 837: "HNΠ",
    838: "#+<=>^~×÷−±≈≤≥≠→←", 850: "Ψ", 851: "OQΘΦΩ", 857: "ℒ", 870: "ω", 873: "&", 897: "∈", 924: "w",
    996: "M", 1000: "@…—", 1002: "%", 1036: "½¼¾", 1042: "m", 1104: "W", 1114: "�",
}  # fmt: skip

UNKNOWN = 950
"""For a character in neither table: few letters of any alphabet are wider."""
IDEOGRAPH, EMOJI = 1000, 1350


def text_width(text: str, size: float, bold: bool = False) -> float:
    """The width of a text, in the unit of `size`.

    >>> text_width("∂L/∂w", 1000)
    2749.0
    """
    return size / 1000 * sum(map(_ADVANCES[bold].__getitem__, text))


class _Advances(dict[str, int]):
    """The advance width of each character that has been asked for."""

    def __init__(self, table: Mapping[int, str]) -> None:
        super().__init__({char: width for width, chars in table.items() for char in chars})

    def __missing__(self, char: str) -> int:
        if unicodedata.category(char) in ("Mn", "Me", "Cf"):  # accents stand on the letter before
            advance = 0
        elif unicodedata.east_asian_width(char) in "WF":
            advance = EMOJI if unicodedata.category(char) == "So" else IDEOGRAPH
        else:
            letter = unicodedata.normalize("NFD", char)[0]
            advance = self[letter] if letter != char else UNKNOWN
        self[char] = advance
        return advance


_ADVANCES = (_Advances(REGULAR), _Advances(BOLD))
