"""Builds the application that people double-click, and checks it as they would use it."""
