"""What every protocol must answer, in one table, asked by clients that others wrote."""
