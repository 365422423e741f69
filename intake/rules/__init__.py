"""Pure rules: plain values in, a value or a Refusal out. No clock, no I/O, no framework."""
