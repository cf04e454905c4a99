"""crmcore_mongo."""
