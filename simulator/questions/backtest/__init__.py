"""How well would the same method have done before?"""
