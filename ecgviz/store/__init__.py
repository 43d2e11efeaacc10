"""What readers decide, in SQL: SQLite unless ECGVIZ_STORE names another database."""
