"""What does each cluster risk?"""
