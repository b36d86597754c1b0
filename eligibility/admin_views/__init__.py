"""The pages around drafts, one file per noun: editions, rules, proposals; `pages` is what they share."""

from eligibility.admin_views.pages import (
    DRAFT_RULES,
    PUBLISH_RULES,
    VIEW_EDITIONS,
    VIEW_RULES,
    StaffRequest,
    staff_page,
)

__all__ = ["DRAFT_RULES", "PUBLISH_RULES", "VIEW_EDITIONS", "VIEW_RULES", "StaffRequest", "staff_page"]
