"""What is found by what, how numbers are read, and what files hold."""
