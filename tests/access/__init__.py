"""The authorization core: which check answers, in which order, and what it says."""
