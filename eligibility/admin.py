"""Django's door to the desk of Rule keepers: importing this registers its lists."""

from eligibility.desk import lists

__all__ = ["lists"]
