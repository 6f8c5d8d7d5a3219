"""Why does budget less spend vary?"""
