"""Charts in one house style: results in, figures with their data out."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "chart": ["PICTURE_FORMATS", "Chart"],
        "register": ["CHARTS", "about", "draw"],
        "study": ["Study"],
    },
)
