"""The kpi room."""
