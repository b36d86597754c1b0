"""Jobs: one row per act that touches many people, held for some minutes, then done in chunks."""
