"""All that a picture says: numbers, formulas, names and sentences, in each language.  It uses `graph`."""
