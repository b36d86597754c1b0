from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils import translation

from registrations.models import WebinarSession
from registrations.templatetags.registrations_tags import agenda_time, legal_text, telephone_links
from registrations.times import at_brussels, clock, moment_in_words, session_time, session_time_html

TIMES = [
    pytest.param(
        datetime(2020, 4, 28, 8, 30, tzinfo=UTC),
        timedelta(hours=2),
        "Tuesday 28 April 2020, 10:30 to 12:30 (Brussels time, CEST, UTC+2)",
        id="summer",
    ),
    pytest.param(
        datetime(2026, 12, 1, 9, 30, tzinfo=UTC),
        timedelta(hours=2),
        "Tuesday 1 December 2026, 10:30 to 12:30 (Brussels time, CET, UTC+1)",
        id="winter",
    ),
    pytest.param(
        datetime(2026, 12, 1, 22, 0, tzinfo=UTC),
        timedelta(hours=2),
        "Tuesday 1 December 2026, 23:00 to Wednesday 2 December 2026, 01:00 (Brussels time, CET, UTC+1)",
        id="past midnight",
    ),
]


@pytest.mark.parametrize(("starts_at", "length", "text"), TIMES)
def test_session_time_writes_brussels_time(starts_at, length, text):
    assert session_time(starts_at, starts_at + length) == text


IN_LANGUAGES = [
    ("fr", 0, "mardi 28 avril 2020, de 10\xa0h\xa030 à 12\xa0h\xa030 (heure de Bruxelles, CEST, UTC+2)"),
    ("de", 0, "Dienstag, 28. April 2020, 10.30\N{EN DASH}12.30 Uhr (Brüsseler Zeit, MESZ, UTC+2)"),
    (
        "fr",
        1,
        "du mardi 28 avril 2020, 10\xa0h\xa030, au mercredi 29 avril 2020, 12\xa0h\xa030 (heure de Bruxelles, CEST, UTC+2)",
    ),
    (
        "de",
        1,
        "Dienstag, 28. April 2020, 10.30 Uhr, bis Mittwoch, 29. April 2020, 12.30 Uhr (Brüsseler Zeit, MESZ, UTC+2)",
    ),
]


@pytest.mark.parametrize(("language", "days", "text"), IN_LANGUAGES)
def test_session_time_in_each_languages_own_form(language, days, text):
    starts_at = datetime(2020, 4, 28, 8, 30, tzinfo=UTC)

    with translation.override(language):
        assert session_time(starts_at, starts_at + timedelta(days=days, hours=2)) == text


@pytest.mark.parametrize(
    ("language", "text", "zone", "at"),
    [
        ("en", "Friday 1 May 2020, 09:05", "Brussels time", "09:05"),
        ("fr", "vendredi 1er mai 2020, 9\xa0h\xa005", "heure de Bruxelles", "9\xa0h\xa005"),
        ("de", "Freitag, 1. Mai 2020, 9.05 Uhr", "Brüsseler Zeit", "9.05"),
    ],
)
def test_moments_and_clocks_in_each_languages_own_form(language, text, zone, at):
    moment = datetime(2020, 5, 1, 7, 5, tzinfo=UTC)

    with translation.override(language):
        assert (moment_in_words(moment), clock("09:05")) == (text, at)
        assert at_brussels(moment) == f"{text} ({zone})"


def test_session_time_without_a_date():
    assert session_time(None, None) == "date to be confirmed"


def test_session_time_in_a_template():
    starts_at = datetime(2020, 4, 28, 8, 30, tzinfo=UTC)
    source = "{% load registrations_tags %}{% session_time starts_at ends_at %}"

    text = Template(source).render(
        Context({"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=2)})
    )

    assert text == "Tuesday 28 April 2020, 10:30 to 12:30 (Brussels time, CEST, UTC+2)"


def test_session_time_html_carries_both_moments():
    starts_at = datetime(2020, 4, 28, 8, 30, tzinfo=UTC)

    html = session_time_html(starts_at, starts_at + timedelta(hours=2))

    assert html == (
        '<time datetime="2020-04-28T10:30:00+02:00" data-ends="2020-04-28T12:30:00+02:00">'
        "Tuesday 28 April 2020, 10:30 to 12:30 (Brussels time, CEST, UTC+2)</time>"
    )


def test_session_time_html_without_a_date_has_no_time_element():
    assert session_time_html(None, None) == "date to be confirmed"


def test_legal_text_writes_headings_lists_and_paragraphs():
    body = "First line\nsecond line.\n\n## 1. Why\n\n- one\n- two\n\n"

    assert legal_text(body) == (
        "<p>First line\nsecond line.</p>\n<h2>1. Why</h2>\n<ul><li>one</li><li>two</li></ul>"
    )


def test_legal_text_makes_links_and_escapes_the_rest():
    html = legal_text("See https://example.org/a, write to dpo@example.org <b>now</b>.")

    assert html == (
        '<p>See <a href="https://example.org/a">https://example.org/a</a>, '
        'write to <a href="mailto:dpo@example.org">dpo@example.org</a> &lt;b&gt;now&lt;/b&gt;.</p>'
    )


def test_legal_text_reads_windows_line_ends():
    assert legal_text("## One\r\n\r\nTwo") == "<h2>One</h2>\n<p>Two</p>"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("+32 2 620 08 67", '<a href="tel:+3226200867">+32 2 620 08 67</a>'),
        ("0032 2 620.08.67", '<a href="tel:+3226200867">0032 2 620.08.67</a>'),
        ("+44 (0)20 7946 0000", '<a href="tel:+442079460000">+44 (0)20 7946 0000</a>'),
        (
            "Belgium +32-2-620-0867, access code 123 456 7890",
            'Belgium <a href="tel:+3226200867">+32-2-620-0867</a>, access code 123 456 7890',
        ),
        (
            "+32 2 620 08 67 / +49 30 901820",
            '<a href="tel:+3226200867">+32 2 620 08 67</a> / <a href="tel:+4930901820">+49 30 901820</a>',
        ),
        ("02 620 08 67", "02 620 08 67"),
        ("+32 2", "+32 2"),
        ("+1234567890123456", "+1234567890123456"),
        ("<b>+32 2 620 08 67", '&lt;b&gt;<a href="tel:+3226200867">+32 2 620 08 67</a>'),
        ("", ""),
    ],
    ids=[
        "international",
        "with 00",
        "with a national zero",
        "with an access code",
        "two",
        "national",
        "too short",
        "too long",
        "escaped",
        "nothing",
    ],
)
def test_telephone_links_dial_what_can_be_dialled_from_everywhere(text, written):
    assert telephone_links(text) == written


@pytest.mark.parametrize(
    ("time", "starts", "hours", "written"),
    [
        ("", None, None, ""),
        ("10:45", None, None, "<strong>10:45</strong> "),
        ("10:45", "2020-04-28T08:30:00+00:00", 2, "2020-04-28T10:45:00+02:00"),
        ("10:15", "2020-04-28T08:30:00+00:00", 2, "2020-04-28T10:15:00+02:00"),
        ("00:15", "2020-04-28T20:30:00+00:00", 3, "2020-04-29T00:15:00+02:00"),
    ],
    ids=["no time", "no date", "in the session", "before it begins", "past midnight"],
)
def test_agenda_time_gives_a_line_the_day_of_its_session(time, starts, hours, written):
    begins = datetime.fromisoformat(starts) if starts else None
    ends = begins + timedelta(hours=hours) if begins else None
    sessions = [WebinarSession(number=2), WebinarSession(number=1, starts_at=begins, ends_at=ends)]

    html = agenda_time({"session": 1, "time": time}, sessions)

    moment = f'<strong><time datetime="{written}" data-own="clock">{time}</time></strong> '
    assert html == (moment if starts else written)
