"""Where the staff sign in, look after their own account and those of their area, and read what was done."""
