"""crmcore_sql."""
