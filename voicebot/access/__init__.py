"""Who may come in: signing in, sessions, and what slows down guessing."""
