"""The pages around drafts, one file per noun: editions, rules, proposals; `pages` is what they share."""
