"""Adapters to the machines of a centre: printers, and the printer that is not there."""
