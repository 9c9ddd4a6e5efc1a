"""What an indicator is made of, without any framework: tables, periods, secrecy, changes."""
