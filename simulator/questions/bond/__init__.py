"""How big a bond, and is the share worth it?"""
