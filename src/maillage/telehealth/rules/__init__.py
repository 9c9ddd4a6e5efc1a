"""What telehealth decides, without a framework."""
