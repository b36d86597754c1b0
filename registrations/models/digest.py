"""Which days' digests to staff are written."""

from django.db import models


class Digest(models.Model):
    """One day's digest, written by whichever worker came first; the row is there also where nothing waited."""

    day = models.DateField(unique=True)
    written_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.day}"
