"""Where does spend stand as a year goes on?"""
