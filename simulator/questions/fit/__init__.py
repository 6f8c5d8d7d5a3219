"""What does our own history say of a scenario's figures, and what does it leave open?"""
