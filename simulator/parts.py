"""What every part that a scenario can name has in common."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    ValidationError,
)
from pydantic_core import CoreSchema, PydanticCustomError

from simulator.errors import InputError, Problem, shown
from simulator.letters import name_problem, oddity
from simulator.uncertain import GROWTH_IN_DOUBT, LEVEL_OF_DOUBT, MAY_BE_UNCERTAIN

if TYPE_CHECKING:
    from pydantic._internal._model_construction import ModelMetaclass as _ModelType
else:
    _ModelType = type(BaseModel)


class _PartType(_ModelType):
    """Makes parts, and says what is wrong as the rest of the project does."""

    # A scenario's parts are made by the validator, past this, and its errors are put in words there.

    def __call__(cls, *arguments: Any, **settings: Any) -> Any:  # noqa: N805 - of a type
        try:
            return super().__call__(*arguments, **settings)
        except ValidationError as error:
            raise InputError(
                Problem(
                    ".".join([cls.__name__, *map(str, problem["loc"])]),
                    problem["msg"].removeprefix("Input should be "),
                    shown(problem["input"]),
                )
                for problem in error.errors(include_url=False)
            ) from None


class Part(BaseModel, metaclass=_PartType):
    """A frozen setting that is also the object that runs.

    Strict: an integer stands for a float, nothing else is converted; unknown keys, ``nan`` and
    ``inf`` are refused.
    """

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False)

    @classmethod
    def example(cls) -> Self:
        """Return an instance for documents and for the tests that every part must pass."""
        raise NotImplementedError(f"{cls.__name__} has no example")

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Put in words what each key means."""
        schema = handler(core_schema)
        keys = handler.resolve_ref_schema(schema).get("properties", {})
        for name, words in meanings(cls).items():
            if name in keys:
                keys[name].setdefault("description", words)
        return schema


def meanings(part: type[Part]) -> dict[str, str]:
    """Return what the keys of a part mean: the string below each, in its source or a base's.

    Pydantic would read them whenever the program starts, which takes longer than all else that it does then;
    few commands show them.
    """
    bases = (one for one in reversed(part.__mro__) if issubclass(one, Part))
    said = (_said_in(one.__module__).get(one.__name__, {}) for one in bases)
    return {key: words for one in said for key, words in one.items()}


@cache
def _said_in(module: str) -> dict[str, dict[str, str]]:
    """Return what the source of a module says below the names of each class; nothing where it has none."""
    try:
        tree = ast.parse(inspect.getsource(sys.modules[module]))
    except (OSError, TypeError):
        return {}
    return {one.name: dict(_said(one)) for one in ast.walk(tree) if isinstance(one, ast.ClassDef)}


def _said(of: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for key, below in pairwise(of.body):
        match key, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(words))):
                yield name, inspect.cleandoc(words)


def as_tuple(value: object) -> object:
    """Let lists, ranges and arrays stand for a tuple; leave anything else to be refused."""
    if isinstance(value, Iterable) and not isinstance(value, (str, bytes, Mapping, AbstractSet)):
        return tuple(item.item() if hasattr(item, "item") else item for item in value)
    return value


def _to_be_seen(name: str) -> str:
    """Refuse what nobody can see, and what acts on the files and terminals that show it."""
    need, hint = name_problem(name)
    if need:
        raise PydanticCustomError("odd_name", "{need}", {"need": need, "hint": hint})
    return name


def without_control(words: str) -> str:
    """Refuse free text with characters in it that nobody can see, apart from tabs and line ends."""
    if odd := oddity(words, apart_from="\n\r\t"):
        raise PydanticCustomError("odd_name", "text of characters that can be seen", {"hint": odd})
    return words


_Text = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")]
Name = Annotated[_Text, AfterValidator(_to_be_seen)]
_LongText = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")]
Line = Annotated[_LongText, AfterValidator(_to_be_seen)]
"""A line of words, longer than a name."""
FilePath = Annotated[
    str,
    Field(min_length=1, max_length=4096, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$"),
    AfterValidator(_to_be_seen),
]
"""Where a file is: as long as systems allow."""
Year = Annotated[int, Field(ge=1990, le=2100)]
Month = Annotated[int, Field(ge=1, le=12)]

Share = Annotated[float, Field(ge=0, le=1)]
"""A proportion, 0 to 1; never a percentage."""

NonNegativeGbp = Annotated[float, Field(ge=0, le=1e12)]
PositiveGbp = Annotated[float, Field(ge=1e-6, le=1e12)]
"""An amount of money: no less than a ten-thousandth of a penny, no more than ten NHS budgets."""
LARGEST_CV = 10
"""Of a scenario: far beyond the cost of any kind of care."""
CoefficientOfVariation = Annotated[float, Field(ge=1e-6, le=1000, json_schema_extra={"maximum": LARGEST_CV})]
"""SD over mean; the schema is that of a scenario."""
GrowthShare = Annotated[float, Field(ge=-0.5, le=1)]
"""A change a year as a share: 0.03 is 3% more each year."""
UncertainGrowthShare = Annotated[GrowthShare, *MAY_BE_UNCERTAIN, GROWTH_IN_DOUBT]
UncertainPositiveGbp = Annotated[PositiveGbp, *MAY_BE_UNCERTAIN, LEVEL_OF_DOUBT]

Floats = Annotated[tuple[float, ...], BeforeValidator(as_tuple)]
Shares = Annotated[tuple[Share, ...], BeforeValidator(as_tuple), Field(min_length=1)]
Strings = Annotated[tuple[str, ...], BeforeValidator(as_tuple)]
