"""What runs within the sandbox. Imports nothing of the course but itself."""
