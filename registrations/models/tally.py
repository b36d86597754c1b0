"""How often something was tried, for limits; counted in a table, so that all processes count together."""

from django.db import models


class Tally(models.Model):
    """Attempts of one network or address within one span of time; the key is a keyed hash, so nobody is named."""

    key = models.CharField(max_length=64)
    starts_at = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "starts_at"], name="one_tally_per_key_and_span")
        ]

    def __str__(self) -> str:
        return f"{self.count}"
