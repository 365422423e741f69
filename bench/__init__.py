"""Measurements: real server processes, a load of its own, one JSON object a line."""
