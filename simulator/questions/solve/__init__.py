"""Which setting makes a measure what it should be?"""
