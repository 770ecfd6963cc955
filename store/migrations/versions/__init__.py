"""One file per change; the number in front is the revision, and the highest is the newest."""
