"""Cells that are not what somebody wrote: errors a spreadsheet shows, and text read in a wrong encoding; pure."""

import re
from collections.abc import Iterable

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from webinar_site.foundation.tables.delimited import LOST

SHOWN = 40  # characters of a cell
# What Excel shows in English, French and German, what LibreOffice shows, and a number that is wider than its column.
ERROR = re.compile(r"#(?:[A-ZÀ-Þ_]{3,}|DIV/0)[!?]|#N/A|#NV|#GETTING_DATA|Err:\d{3}|#{3,}")
# What Windows-1252 makes of the bytes above 127.
HIGH = "\u00a0-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122"
RUN = re.compile(f"[{HIGH}]{{2,}}")
# UTF-8 of Latin letters; of Greek, Cyrillic, Hebrew and Arabic ones, two of them; of Georgian ones and of marks.
IN_UTF_8 = re.compile(
    rb"[\xc2-\xc5][\x80-\xbf]|(?:[\xce-\xd3\xd7-\xda][\x80-\xbf]){2}|\xe1\x83[\x80-\xbf]|\xe2[\x80-\x84][\x80-\xbf]"
)
# Signs that no word holds: what Windows-1252 makes of the letters of other alphabets.
NO_LETTERS = "¢£¤¥¦¬¯³¶¹¼¾"
FOREIGN = re.compile(
    f"[{NO_LETTERS}][a-zà-ÿ]{{2}}|[A-Za-zà-ÿ]{{2}}[{NO_LETTERS}]|[À-ÖØ-öø-ÿ]{{4,}}|[à-ÿ]¿[à-ÿ]"
)


def flaw(cells: Iterable[str]) -> str:
    """Return what is wrong with the first of these cells that is not what somebody wrote, or "" (D-9)."""
    for cell in cells:
        if not cell or (cell.isascii() and cell[0] not in "#E"):
            continue
        words = {"cell": Truncator(cell).chars(SHOWN)}
        if ERROR.fullmatch(cell):
            return _("“%(cell)s” is an error that the spreadsheet shows, and no value.") % words
        if LOST in cell:
            return _("“%(cell)s” has a character that cannot be read.") % words
        if is_garbled(cell):
            return _("“%(cell)s” seems to be garbled: its accents were read in another encoding.") % words
    return ""


def is_garbled(text: str) -> bool:
    """Return whether a text looks like one in UTF-8 that was read as Windows-1252, or like one of another alphabet."""
    runs = (run.encode("cp1252", errors="replace") for run in RUN.findall(text))
    return bool(FOREIGN.search(text)) or any(IN_UTF_8.search(run) for run in runs)
