"""Figures as people have them: files and typed cells, read without ever guessing a number."""
