"""What are years of budgets on paper worth before budgets are real?"""
