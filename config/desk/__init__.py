"""The desk: the city's tills, what needs a second person, and devices for the administrator."""
