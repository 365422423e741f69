"""One ``Paper``, drawn for a till roll, as a PDF and as plain text; the screen draws it in its template."""
