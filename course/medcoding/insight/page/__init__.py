"""The pages: one for a class, one for each student. Self-contained HTML; everything that comes from anybody is escaped."""
