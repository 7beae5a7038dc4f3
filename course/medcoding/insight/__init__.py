"""What grading shows about a class: the demonstration class, tables and pictures."""
