"""Where will the year end, given its first months?"""
