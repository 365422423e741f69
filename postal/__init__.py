"""The post counter: its screens come with later work; its channel is already data of the core."""
