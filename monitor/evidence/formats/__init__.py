"""The forms in which hits are handed out: one file each, found by itself."""
