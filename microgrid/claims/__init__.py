"""Claims: a derivation that someone wrote down is read, judged, and told what it forgot."""
