"""Formats: bytes in, parsed values out. Never touches a disk, never raises for what a file holds."""
