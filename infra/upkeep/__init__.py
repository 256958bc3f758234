"""What people start by hand on a portal's records: migrations, backups, checks. Commands in `docs/operations.md`.

Each runs on a local folder's data (`local.inside`), or with ENGINE=aws on the table that the environment names.
"""
