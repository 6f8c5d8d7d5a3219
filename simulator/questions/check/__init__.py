"""What does a scenario say, before any chance?"""
