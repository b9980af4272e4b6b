"""One file a revision; released ones are never edited."""
