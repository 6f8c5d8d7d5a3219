"""What is each action worth?"""
