"""What is run beside the product: the launcher of ``make run``."""
