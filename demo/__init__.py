"""A believable office to show: people, a week of dossiers in all states, a busy day that can be played.

Nothing of the product imports it; it uses the same verbs and pages as everybody else.
"""
