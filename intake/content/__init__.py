"""What a file holds: told by its bytes, proved by reading it, cleaned. Runs in a process of its own.

Nothing in here knows the database: ``child`` is started by intake.captures.apart
for one file and is gone after it, so that no file, whatever it is made of, can
take the memory or the time of the server.
"""
