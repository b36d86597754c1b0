"""Whether a mail server's words say that an address is dead, which nothing we do would change (RFC 3463, RFC 5321).

Most refusals are about the sender, the message or the moment: those say that one mail did not arrive, and no more. In
doubt an address lives (D-56).
"""

import re

STATUS = re.compile(r"(?<![\d.])([245])\s?\.\s?(\d{1,3})\s?\.\s?(\d{1,3})(?![\d.]*\d)")
REPLY = re.compile(r"(?<![\w.])([245])\d\d(?=[\s-])")
# Of the recipient: no such mailbox, host or syntax; moved; accepts no mail (RFC 7505); disabled. Not 5.1.7 and 5.1.8,
# the sender's, nor 5.2.2, a full mailbox.
DEAD = {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.1.351", "5.2.1"}
# Servers write these for anything; the words beside them decide.
VAGUE = re.compile(r"5\.\d+\.0|5\.4\.[14]|5\.5\.1|5\.0\.\d+")
LONGEST_REASON = 300  # what follows in a free text is about other things
NOT_THE_ADDRESS = re.compile(
    r"spam|block(?:ed|ing| ?list)|black ?list|deny ?list|\brbl\b|dnsbl|(?<!not )listed (?:at|in|by|on)|reputation|polic(?:y|ies)"
    r"|\bspf\b|dmarc|dkim|authenticat|authori[sz]ed|permission|preferences|reverse dns|\bptr\b|\b[he]hlo\b|\bhelo\b"
    r"|relay|\bsender\b|\bmail from\b|from address|envelope from|your (?:ip|domain|host|server)\b"
    r"|quota|\bfull\b|exceed|too (?:large|big|many|much|long)|\bsize\b|over (?:the )?limit|storage|\brate\b|throttl|insufficient"
    r"|gr[ae]y-?list|, try again|try again later|temporar|timed? ?out|couldn.t create|virus|malware|\bcontent\b|\bloop|too many hops"
    r"|suspicious|phish",
    re.IGNORECASE,
)
WHO = (
    r"(?:user|user ?id|recipient|mail ?box|account|address|addressee|customer|member|destination|name|local part|e-?mail|domain|host"
    r"|hostname)"
)
IS_NOT = (
    r"unknown|not found|not be found|couldn.t be found|invalid|unavailable|disabled|inactive|deactivated|discontinued|terminated"
    r"|not exist|doesn.t exist|not known|not listed|nonexistent|no longer|not (?:a )?valid|not active|not here|not recogni[sz]ed|non-existent"
)
NO_SUCH_ADDRESS = re.compile(
    rf"(?:no such|unknown|invalid|\bbad|nonexistent|non-existent|no valid|unrouteable|unroutable|illegal|inactive|disabled)"
    rf" (?:[\w./-]+ ){{0,2}}{WHO}\b|\b{WHO}\b(?:[^.;:]|\.(?=\w)){{0,80}}\b(?:{IS_NOT})|not listed in|recipnotfound|adr\.recip"
    r"|recipient address rejected: (?:access denied|user)|address rejected\.?$|\b(?:doesn.t|does not) have an?\b"
    r"|no (?:mail-?box|account|user|mail exchanger|mx) |(?:couldn.t|could not) find (?:any host|a mail exchanger)"
    r"|no mx (?:record )?found|nxdomain|null ?mx|no smtp service|does not accept mail|not accept(?:ing)? (?:e-?mail|any mail|network)"
    r"|has moved|there is no one",
    re.IGNORECASE,
)


def status_in(words: str) -> str:
    """Return the first enhanced status code in some words, "" for none."""
    found = STATUS.search(words)
    return ".".join(found.groups()) if found else ""


def is_dead(status: str, words: str) -> bool:
    """Return whether a status code ("" for none) and the server's words say that the recipient's address is dead."""
    begins = REPLY.search(words)
    said = words[begins.start() if begins else 0 :][:LONGEST_REASON]
    codes = {".".join(found) for found in STATUS.findall(said)} | ({status} if status else set())
    reply = REPLY.match(said)
    if any(not code.startswith("5.") for code in codes) or (reply is not None and reply[1] != "5"):
        return False
    if any(code not in DEAD and not VAGUE.fullmatch(code) for code in codes) or NOT_THE_ADDRESS.search(said):
        return False
    return not codes.isdisjoint(DEAD) or NO_SUCH_ADDRESS.search(said) is not None
