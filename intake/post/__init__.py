"""The public post: what it takes in for the office, hands over, brings home, and the money of it."""
