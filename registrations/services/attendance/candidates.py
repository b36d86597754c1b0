"""Whose attendance something may have been: the seats of a session, those first that share the most words."""

from django.db.models import Q

from registrations.meeting_reports.attendance import words_of
from registrations.models import Attendance, Searched, Seat, searched_words

MOST = 20
MOST_WORDS = 20
SHORTEST = 3  # characters of a word that tells people apart


def candidates_for(row: Attendance, search: str = "") -> list[Seat]:
    """Return up to MOST seats: those that match every word of a search, or some word of what the report says."""
    seats = (
        Seat.objects.filter(session=row.report.session_id)
        .without_unconfirmed()
        .select_related("registration")
        .defer("verdict_data", "told")
        .order_by("registration__last_name", "pk")
    )
    if search.strip():
        said = Q()
        for searched in searched_words(search)[:MOST_WORDS]:
            said &= _says(searched)
        return list(seats.filter(said)[:MOST])
    words = set(words_of(f"{row.name} {row.email.partition('@')[0]} {row.organisation}"))
    telling = sorted(word for word in words if len(word) >= SHORTEST)[:MOST_WORDS]
    if not telling:
        return []
    found = Q()
    for word in telling:
        found |= _has(word)
    near = list(seats.filter(found)[: MOST * 10])
    near.sort(key=lambda seat: -sum(word in seat.registration.search_key for word in telling))
    return near[:MOST]


def _says(word: Searched) -> Q:
    found = Q()
    for spellings in word.spellings():
        found &= Q(*(("registration__search_key__contains", each) for each in spellings), _connector=Q.OR)
    return found | Q(registration__reference__startswith=word.reference)


def _has(word: str) -> Q:
    return Q(registration__search_key__contains=word) | Q(registration__reference__startswith=word.upper())
