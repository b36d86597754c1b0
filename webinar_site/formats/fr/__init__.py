"""British English, as EU texts write it."""
