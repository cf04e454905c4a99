"""The usecases room."""
