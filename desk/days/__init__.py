"""Paper-free days: the rules, the evening before, the day itself and what it achieved."""
