"""What is paid for luck?"""
