"""Which mail domain somebody likely meant: well-known ones, one slip of the finger away from what was typed (D-16).

A question rests on it, never a refusal. Most people here write from their organisation's own domain, so only long names
are compared, and a country's ending is left alone.
"""

from collections.abc import Mapping


def _domains(table: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(f"{name}.{ending}" for name, endings in table.items() for ending in endings.split())


# The most frequent first: of two that fit, the first is asked about.
ASKED_ABOUT = {
    "gmail": "com",
    "hotmail": "com fr de it es be nl co.uk se dk no fi gr ch at pt cz sk hu ro",
    "outlook": "com de fr it es be at ie dk pt cz hu sk gr",
    "yahoo": "com fr de it es co.uk ie gr ro se dk no pl be nl at pt cz hu fi ca",
    "icloud": "com",
    "googlemail": "com",
    "protonmail": "com ch",
    "t-online": "de",
    "freenet": "de",
    "orange": "fr",
    "wanadoo": "fr",
    "laposte": "net",
    "libero": "it",
    "virgilio": "it",
    "bluewin": "ch",
    "telenet": "be",
    "skynet": "be",
    "seznam": "cz",
    "interia": "pl eu",
}
# Real ones beside them: too short to be guessed at, or ordinary words.
OTHERS = {
    "gmx": "de net at ch com fr eu li info org co.uk es it",
    "mail": "com de ru bg ee",
    "email": "com de it cz",
    "fastmail": "com fm",
    "freemail": "hu",
    "citromail": "hu",
    "ymail": "com",
    "rocketmail": "com",
    "live": "com fr de it be nl se dk no at co.uk ie fi pt ca",
    "msn": "com",
    "me": "com",
    "mac": "com",
    "aol": "com de fr co.uk it es",
    "web": "de",
    "arcor": "de",
    "posteo": "de net eu",
    "mailbox": "org",
    "proton": "me",
    "pm": "me",
    "tutanota": "com de",
    "zoho": "com eu",
    "free": "fr",
    "sfr": "fr",
    "neuf": "fr",
    "tiscali": "it",
    "alice": "it",
    "tin": "it",
    "hispeed": "ch",
    "scarlet": "be",
    "proximus": "be",
    "ziggo": "nl",
    "kpnmail": "nl",
    "planet": "nl",
    "wp": "pl",
    "o2": "pl",
    "onet": "pl eu",
    "op": "pl",
    "centrum": "cz sk",
    "azet": "sk",
    "abv": "bg",
    "yandex": "com ru ua",
    "ukr": "net",
    "telia": "com",
    "sapo": "pt",
    "otenet": "gr",
}
ASKED = _domains(ASKED_ABOUT)
KNOWN = frozenset((*ASKED, *_domains(OTHERS)))
ONLY_COM = frozenset({"gmail", "googlemail", "icloud"})
MISTYPED_COM = frozenset(
    ["con", "cmo", "ocm", "comm", "coom", "cpm", "vom", "xom", "cim", "col", "cm", "co", "om"]
)


def likely_meant(domain: str) -> str:
    """Return the well-known mail domain that was likely meant, or "" where what was typed may well be right."""
    typed = domain.casefold()
    name, _dot, ending = typed.partition(".")
    if typed in KNOWN:
        return ""
    if name in ONLY_COM:
        return f"{name}.com"
    repaired = f"{name}.com" if ending in MISTYPED_COM else typed
    if repaired in KNOWN:
        return repaired
    if name in ASKED_ABOUT and len(ending) == 2:  # a country's branch, which no table has for ever
        return ""
    return next((known for known in ASKED if _is_one_slip(repaired, known)), "")


def _is_one_slip(typed: str, meant: str) -> bool:
    """Return whether one character is wrong, missing or too many, or two neighbours are exchanged."""
    if len(typed) == len(meant):
        wrong = [number for number, pair in enumerate(zip(typed, meant, strict=True)) if pair[0] != pair[1]]
        first, last = wrong[0], wrong[-1]
        exchanged = typed[first : last + 1] == meant[first : last + 1][::-1]
        return len(wrong) == 1 or (last == first + 1 and exchanged)
    shorter, longer = sorted((typed, meant), key=len)
    return len(longer) == len(shorter) + 1 and any(
        longer[:number] + longer[number + 1 :] == shorter for number in range(len(longer))
    )
