"""Lists of tables that grow with every person: as quick for 100,000 rows as for a hundred (D-71)."""

from typing import Any

from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

MOST_COUNTED = 10_000


def count_rows(rows: QuerySet[Any]) -> int:
    """Return how many rows there are, MOST_COUNTED + 1 where there are more: a database need not look further."""
    return rows.order_by()[: MOST_COUNTED + 1].count()


class CappedPaginator(Paginator[Any]):
    """Pages over the first MOST_COUNTED rows: nobody turns a hundred pages, and a deep page costs all before it."""

    object_list: Any

    @cached_property
    def found(self) -> int:
        """Return how many rows were found, MOST_COUNTED + 1 where there are more."""
        return count_rows(self.object_list)

    @cached_property
    def count(self) -> int:
        """Return how many rows there are pages for."""
        return min(self.found, MOST_COUNTED)


class LongList(ChangeList):
    """A list that says how many rows it has only up to MOST_COUNTED."""

    paginator: CappedPaginator

    @property
    def is_capped(self) -> bool:
        """Return whether there are more rows than it counts."""
        return self.paginator.found > MOST_COUNTED
