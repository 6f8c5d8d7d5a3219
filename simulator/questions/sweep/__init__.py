"""What do many policies do?"""
