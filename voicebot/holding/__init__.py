"""The hold queue: who is next, who may take whom, how long it takes; nobody's place is lost."""
