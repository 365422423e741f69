"""Fees paid by transfer: asked by a QR, confirmed by what the bank tells, never by the screen of a phone."""
