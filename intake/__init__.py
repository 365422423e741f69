"""The shared core of Một Chạm: verbs, records, rules and printed papers of a one-stop centre."""
