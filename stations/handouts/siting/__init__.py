"""What one takes home of a siting: what it says in words, and the same as tables, shapes, maps and a report."""
