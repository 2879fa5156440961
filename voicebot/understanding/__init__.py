"""What a sentence or a key asks for."""
