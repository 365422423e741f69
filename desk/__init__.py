"""The desk of officers and managers: its screens come with later work."""
