"""What makes two addresses one, and which registrations each named query finds."""

from datetime import timedelta

import pytest

from registrations.models import Registration, Seat, email_key
from registrations.states import RegistrationState
from tests.registrations.factories import ENDS, NOW, make_registration, make_session, make_webinar


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("zoe@example.org", "zoe@example.org"),
        ("  ZOE@Example.ORG ", "zoe@example.org"),
        ("zoe+webinar@example.org", "zoe+webinar@example.org"),
        ("zoe@example.org.", "zoe@example.org"),
        ("zoe@bücher.example", "zoe@xn--bcher-kva.example"),
        ("zoe@XN--BCHER-KVA.example", "zoe@xn--bcher-kva.example"),
        ("ΣΊΣΥΦΟΣ@example.org", "σίσυφοσ@example.org"),
        ("zoe@faß.example", "zoe@xn--fa-hia.example"),
        ("zoe@Straße.DE", "zoe@xn--strae-oqa.de"),
        ("zoe@fass.example", "zoe@fass.example"),
        ("zoe@ab--cd_e.example", "zoe@ab--cd_e.example"),
    ],
    ids=[
        "plain",
        "case and blanks",
        "plus kept",
        "trailing dot",
        "IDN",
        "IDN in ASCII",
        "Greek sigma",
        "sharp s",
        "sharp s and capitals",
        "another domain",
        "ASCII that IDNA would refuse",
    ],
)
def test_email_key_makes_spellings_one(address, key):
    assert email_key(address) == key


@pytest.mark.parametrize(
    "address", ["", "no at", "zoe@" + "x" * 64 + ".example", "zoe@a..b", "zoe@ü..b", "zoe@i❤.example"]
)
def test_email_key_refuses_what_is_no_address(address):
    with pytest.raises(ValueError, match="email address"):
        email_key(address)


PEOPLE = {
    "active": {"active"},
    "unconfirmed": {"unconfirmed"},
    "expired": {"expired"},
    "open": {"active", "unconfirmed"},
    "not_erased": {"active", "unconfirmed", "withdrawn", "expired"},
    "with_own_page": {"active", "withdrawn"},
}


@pytest.fixture
def one_of_each(webinar):
    """Make a registration in each state."""
    blank = dict.fromkeys(("first_name", "last_name", "organisation", "search_key"), "")
    for state in RegistrationState:
        row = make_registration(webinar, state=state if state != "erased" else "withdrawn")
        if state == "erased":
            Registration.objects.filter(pk=row.pk).update(state=state, email="", **blank)


@pytest.mark.django_db
@pytest.mark.parametrize("query", PEOPLE)
def test_query_finds_the_states_it_speaks_of(one_of_each, query):
    found = getattr(Registration.objects, query)()

    assert sorted(found.values_list("state", flat=True)) == sorted(PEOPLE[query])


@pytest.mark.django_db
def test_whoever_is_not_open_has_ended(one_of_each):
    opened = set(Registration.objects.open())

    assert {row for row in Registration.objects.all() if not row.has_ended} == opened


@pytest.mark.django_db
def test_bounced_and_with_question_look_at_their_columns_alone(webinar):
    bounced = make_registration(webinar, bounced_at=NOW, bounce_reply="No such user.", state="withdrawn")
    asks = make_registration(webinar, question="When?", state="expired")

    assert list(Registration.objects.bounced()) == [bounced]
    assert list(Registration.objects.with_question()) == [asks]


AHEAD, LAST = ENDS - timedelta(seconds=1), ENDS


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("person", "seat", "columns", "now", "is_told"),
    [
        ("active", "approved", {}, AHEAD, True),
        ("active", "waitlisted", {}, AHEAD, True),
        ("active", "requested", {}, AHEAD, True),
        ("active", "rejected", {}, AHEAD, False),
        ("active", "cancelled", {}, AHEAD, False),
        ("active", "approved", {}, LAST, False),
        ("active", "approved", {"starts_at": None, "ends_at": None}, LAST, True),
        ("active", "approved", {"state": "cancelled"}, AHEAD, False),
        ("unconfirmed", "requested", {}, AHEAD, False),
        ("withdrawn", "approved", {}, AHEAD, False),
    ],
    ids=["place", "turn", "request", "rejected", "given up", "over", "undated", "called off", "unproven", "left"],
)  # fmt: skip
def test_who_have_or_await_a_place(webinar, person, seat, columns, now, is_told):
    session = make_session(webinar, **columns)
    registration = make_registration(webinar, state=person)
    Seat.objects.create(registration=registration, session=session, state=seat)

    assert Registration.objects.who_have_or_await_a_place(now).exists() is is_told


@pytest.mark.django_db
def test_likely_duplicates_are_active_and_of_one_webinar_and_name(webinar):
    ada, twin = (make_registration(webinar, last_name="Nord") for _number in range(2))
    make_registration(webinar, last_name="Nord", state="withdrawn")
    make_registration(webinar, last_name="Süd")
    make_registration(make_webinar(), last_name="Nord")
    nameless = [make_registration(webinar) for _number in range(2)]
    Registration.objects.filter(pk__in=[row.pk for row in nameless]).update(person_key="")

    assert set(Registration.objects.likely_duplicates()) == {ada, twin}
    assert list(Registration.objects.likely_same_as(ada)) == [twin]
    nameless[0].refresh_from_db()
    assert not Registration.objects.likely_same_as(nameless[0]).exists()
