"""The ticket screen: list, filters, form, history."""
