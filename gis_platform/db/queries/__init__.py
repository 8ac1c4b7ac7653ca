"""One named function per question to the database."""
