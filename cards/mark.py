"""The mark that says "on WeChat": our own drawing (tests/gallery/mark.py makes it), carried in the card itself.

A remote picture would tell its host who reads which card, and would be missing wherever that host is not reachable.
"""

MARK = (
    "data:image/png;base64,"
    "iVBORw0KGgoAAAANSUhEUgAAADAAAAAwBAMAAAClLOS0AAAAJFBMVEUAAAAGw2AD3WYBtV8GwmAGwmAAvT4Gvl4A/wAAf38Gv18Gvl9LczemAA"
    "AADHRSTlMA+xMOaKIEUwEC7641gEV0AAACWUlEQVR42pWUQUgUURjHf++9cdy1Vn2QmOXW7loiEToZdCtWy6hLaNQtc6FDGAR5sqMYdIypTl1i"
    "oUN06NAxughGhwicQ4RIyXpKatWxg7tSO9thZ3bG1Q69y5t5f77v/3//730f/O9Ste1BRiYTxV1orAeA0zORMwHEDhYyGVhelt7OgJQa0Vprfc"
    "2K74gwK+ccn7CYKkTIx1n0f6r71iphhOklwgQTbr4O5FacEDB/BvxKfVmL6KjcLq/6EX3bblSh7PAJZcz2j+Jk4yCXAg7VCgy8T4DYbAXafMHK"
    "MIGl8a4CEyVRhr5sTYvsBuI4AC6AM+enSrtBKrl1ae4CyUc+yZTWWneMaX1Ijx3oAXWr5rGYyoe16XYA1PFFQNWvYb8rxtxjg5mU99VaBdI6WF"
    "ZODmmtdcd5bBCiPbizyxVf0cB8BdG03weOMhTQGYdxhGwLfJWh/XLDk/3Z2vez/ruhlV6vLSf9aty/mscmKPqmLZTRAkA5/R3OfAQu/nBQG7LS"
    "lQNQpU6Qb1NgvJoHM6nY+tQE8d+lUwWeL302qZ5oLvMnJiD1OAeiFAO5JtpRxeYWGJCg8oDYBryeUagM3wHuGXB2E6gCsD4HLCwASN9Y3fDO8x"
    "IcF258O5LdAbgSLIvhp1bW3QWA8TrphM8ZwHAE5Faql6eREQ9BTEtI/fowDd7JfAS4+VIAWA4w+yLsQWO9AjDrSx6rV7nTREQZ6yzC9WSkd7tr"
    "zUsW22zo+dkRra8PG7q9wYeHtc16M5prnBODNr2TT9LZ3N5jpDll7z1gZv41eeQM/AX40p8k7q3SowAAAABJRU5ErkJggg=="
)
