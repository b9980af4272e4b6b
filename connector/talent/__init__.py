"""What learning means for people: facts, evidence and dispatches."""
