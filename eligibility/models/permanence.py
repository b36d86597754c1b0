"""Keep what is published, or proposed for publication, from being changed, one row at a time and in bulk."""

from collections.abc import Iterable
from typing import Any, Self, TypeVar

from django.db import models
from django.db.models import Q

Permanent = TypeVar("Permanent", bound=models.Model)


class PublishedRowsNeverChange(Exception):
    """Tell that something tried to write, change or delete a published row outside a publication."""

    def __init__(self) -> None:
        super().__init__("Published rows never change: publish a correction instead.")


class ProposedRowsWait(Exception):
    """Tell that something tried to change or delete a draft that waits for a second person's answer (D-6)."""

    def __init__(self) -> None:
        super().__init__("Proposed rows wait for an answer: decline the proposal first.")


class PublishedQuerySet(models.QuerySet[Permanent]):
    """Query rows that never change once they are published, and refuse to change them in bulk."""

    published_when = Q(publication__isnull=False)
    proposed_when = Q(publication__isnull=True, proposal__isnull=False)

    def published(self) -> Self:
        """Return the rows that are official."""
        return self.filter(self.published_when)

    def proposed(self) -> Self:
        """Return the drafts that wait for a second person's answer."""
        return self.filter(self.proposed_when)

    def drafts(self) -> Self:
        """Return the rows nobody has published yet."""
        return self.exclude(self.published_when)

    def update(self, **values: Any) -> int:
        """Change drafts; raise when a published or proposed row is among them, or would be one by this."""
        self.refuse_frozen()
        if "publication" in values or "publication_id" in values:
            raise PublishedRowsNeverChange
        if "proposal" in values or "proposal_id" in values:
            raise ProposedRowsWait
        return super().update(**values)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete drafts; raise when a published or proposed row is among them."""
        self.refuse_frozen()
        return super().delete()

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        """Insert drafts; raise when a row would be published or proposed by its insertion."""
        rows = list(objs)
        self._refuse_frozen_rows(rows)
        return super().bulk_create(rows, *args, **kwargs)

    def refuse_frozen(self) -> None:
        """Raise `PublishedRowsNeverChange` or `ProposedRowsWait` when such a row is among these."""
        if self.published().exists():
            raise PublishedRowsNeverChange
        if self.proposed().exists():
            raise ProposedRowsWait

    def _refuse_frozen_rows(self, rows: list[Any]) -> None:
        for row in rows:
            row.refuse_if_frozen()


class OfficialQuerySet(PublishedQuerySet[Permanent]):
    """Query editions or rules, which two people make official; the only way past the refusals is here."""

    def editable(self) -> Self:
        """Return the drafts that wait for nobody's answer."""
        return self.filter(publication__isnull=True, proposal__isnull=True)

    def mark_published(self, publication: models.Model) -> int:
        """Make the drafts among these rows official under a publication; return how many they were."""
        return super(PublishedQuerySet, self.drafts()).update(publication=publication)

    def mark_proposed(self, proposal: models.Model) -> int:
        """Let the drafts among these rows wait for the answer to a proposal; return how many they were."""
        return super(PublishedQuerySet, self.drafts()).update(proposal=proposal)

    def release(self) -> int:
        """Give the proposed drafts among these rows back to whoever edits them; return how many they were."""
        return super(PublishedQuerySet, self.proposed()).update(proposal=None)


class NeverChangesOncePublished(models.Model):
    """Refuse to save or delete a published row, or one that is proposed for publication."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save a draft; raise `PublishedRowsNeverChange` or `ProposedRowsWait` for another row."""
        self.refuse_if_frozen()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete a draft; raise `PublishedRowsNeverChange` or `ProposedRowsWait` for another row."""
        self.refuse_if_frozen()
        return super().delete(*args, **kwargs)

    def refuse_if_frozen(self) -> None:
        """Raise if this row is published or proposed, in memory or in the database."""
        self.refuse_claims()
        manager: Any = type(self)._default_manager
        manager.filter(pk=self.pk).refuse_frozen()

    def refuse_claims(self) -> None:
        """Raise if this row, in memory, says that it is published or proposed; nothing unless a class says so."""
