"""A new wording of a legal text."""

import pytest

from registrations import services
from registrations.models import HistoryEntry, LegalText
from registrations.models.legal_texts import LegalTextIsPermanent, text_digest
from registrations.services.texts.legal_texts import WordingChange
from tests.registrations.factories import NOW

pytestmark = pytest.mark.django_db


def publish(body, editor, kind="privacy", seen=1):
    return services.texts.publish_wording(kind, "en", body=body, seen=seen, by=editor, now=NOW)


def test_new_wording_is_a_new_version_with_its_hash_and_a_note_of_who(editor):
    text = publish("One.\r\n\r\nTwo.", editor)

    assert (text.version, text.body, text.sha256) == (2, "One.\n\nTwo.\n", text_digest("One.\n\nTwo.\n"))
    assert LegalText.objects.current("privacy", "en") == text
    assert list(HistoryEntry.objects.values_list("action", "by__username", "facts__version")) == [
        ("legal_text_added", "editor", 2)
    ]


@pytest.mark.parametrize(
    ("kind", "body", "seen", "why"),
    [
        ("privacy", "New.", 0, "A colleague has published another version meanwhile."),
        ("privacy", "New.", 2, "A colleague has published another version meanwhile."),
        ("privacy", " \n", 1, "Write the text."),
        ("privacy", "privacy statement.\n\n", 1, "These are the words of the newest version"),
        ("privacy", "x" * 100_000, 1, "This text is too long."),
        ("consents", "One.", 1, "The consents are exactly 2 paragraphs"),
        ("consents", "One.\n\nTwo.\n\nThree.", 1, "The consents are exactly 2 paragraphs"),
    ],
)
def test_what_is_no_new_version_is_refused(editor, kind, body, seen, why):
    with pytest.raises(services.errors.LegalTextRefused) as refusal:
        publish(body, editor, kind, seen)

    assert str(refusal.value).startswith(why)
    assert LegalText.objects.count() == 2


def test_difference_is_told_by_paragraph():
    old = LegalText(body="One.\n\nTwo.\n\nThree.\n")

    assert services.texts.wording_difference(old, "One.\n\nTwo, new.\n\nThree.\n\nFour.\n") == [
        WordingChange("One.", "One."),
        WordingChange("Two.", "Two, new."),
        WordingChange("Three.", "Three."),
        WordingChange("", "Four."),
    ]
    assert services.texts.wording_difference(old, "One.\n")[1:] == [
        WordingChange("Two.", ""),
        WordingChange("Three.", ""),
    ]


def test_rows_refuse_to_be_changed_or_deleted():
    with pytest.raises(LegalTextIsPermanent):
        LegalText.objects.update(body="Other.")
    with pytest.raises(LegalTextIsPermanent):
        LegalText.objects.all().delete()


def test_words_that_were_changed_behind_the_site_are_found():
    text = LegalText.objects.get(kind="privacy")
    assert list(services.texts.altered_legal_texts()) == []

    text.body = "Other."
    text.save()

    assert list(services.texts.altered_legal_texts()) == [text]


def test_newest_in_a_language_else_in_english(editor):
    first = LegalText.objects.get(kind="privacy")
    french = LegalText.objects.create(kind="privacy", language="fr", version=1, body="Fr.", sha256="0" * 64)
    second = publish("New.", editor)

    assert LegalText.objects.shown("fr")["privacy"] == french
    assert LegalText.objects.shown("de")["privacy"] == second
    assert first not in LegalText.objects.newest()


def test_shown_takes_one_query(django_assert_num_queries, editor):
    for number in (1, 2, 3):
        publish(f"{number}.", editor, seen=number)

    with django_assert_num_queries(1):
        texts = LegalText.objects.shown("en")

    assert {kind: text.version for kind, text in texts.items()} == {"privacy": 4, "consents": 1}
