"""What every verb stands on: errors, files, tables, schemas, findings."""
