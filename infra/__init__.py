"""What turns the project into something that AWS runs: the package, its template, and their checks."""
