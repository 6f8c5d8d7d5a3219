"""Which policies does no other beat?"""
