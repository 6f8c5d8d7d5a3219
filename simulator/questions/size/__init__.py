"""What does a cluster's size do?"""
