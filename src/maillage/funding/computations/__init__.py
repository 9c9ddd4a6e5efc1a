"""What is computed when read: schedules, points, budgets."""
