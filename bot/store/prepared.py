"""Hot statements: SQLAlchemy Core's, compiled once for each database, then run on the driver itself.

What SQLAlchemy does around each execution (compilation cache, events, cursor and row objects) costs several times what
the database takes. Here only its work on values is left: how types go in and come out, and lists in IN (…).
What goes wrong is the driver's own error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, unique
from itertools import chain
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Connection,
    Dialect,
    Executable,
    Integer,
    Select,
    Table,
    bindparam,
    func,
    insert,
    select,
)
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.util import await_only

from bot.store.dialect import Upsert, is_postgres, raw
from bot.store.step import Member, current

Values = Mapping[str, Any]
Row = list[Any]
_Convert = Callable[[Any], Any]
_NOTHING: Final[Values] = {}
_WHOSE: Final = "whose_"


class Prepared:
    """A statement. `columns` are those that an INSERT gives; without them it gives all of its table."""

    __slots__ = ("_columns", "_forms", "_statement", "_stepping")

    def __init__(self, statement: Executable | Upsert, columns: Sequence[str] | None = None) -> None:
        self._statement, self._columns = statement, columns
        self._forms: dict[str, _Form] = {}
        self._stepping: dict[str, _Form] = {}

    def rows(self, connection: Connection, values: Values = _NOTHING) -> list[Row]:
        """What it finds or returns."""
        if not is_postgres(connection):
            form = self._form(connection)
            return form.read(raw(connection).execute(*form.bound(values)).fetchall())
        if member := current():
            return self._in_step(connection, member, values)
        form = self._form(connection)
        sql, given = form.bound(values)
        return form.read(await_only(_asyncpg(connection).fetch(sql, *given)))

    def row(self, connection: Connection, values: Values = _NOTHING) -> Row | None:
        """The first row, None without one."""
        found = self.rows(connection, values)
        return found[0] if found else None

    def value(self, connection: Connection, values: Values = _NOTHING) -> Any:
        """The first column of the first row, None without one."""
        found = self.rows(connection, values)
        return found[0][0] if found else None

    def column(self, connection: Connection, values: Values = _NOTHING) -> list[Any]:
        """The first column of every row."""
        return [row[0] for row in self.rows(connection, values)]

    def run(self, connection: Connection, values: Values = _NOTHING) -> int:
        """Carry out a statement that returns nothing; how many rows it changed."""
        if not is_postgres(connection):
            return raw(connection).execute(*self._form(connection).bound(values)).rowcount
        if member := current():
            return len(self._in_step(connection, member, values))
        sql, given = self._form(connection).bound(values)
        status: str = await_only(_asyncpg(connection).execute(sql, *given))
        return int(status.rpartition(" ")[2])

    def run_all(self, connection: Connection, many: Sequence[Values]) -> None:
        """The same statement (without lists) for each of the values, in one round trip."""
        if not many:
            return
        form = self._form(connection)
        bound = [form.bound(values) for values in many]
        sql, given = bound[0][0], [its for _, its in bound]
        if not is_postgres(connection):
            raw(connection).executemany(sql, given)
        elif member := current():
            member.ask(sql, given, answered=False)
        else:
            await_only(_asyncpg(connection).executemany(sql, given))

    def each(self, connection: Connection, many: Sequence[Values]) -> list[Row]:
        """The row that the same statement (without lists) brings for each of the values, in one round trip."""
        if not is_postgres(connection) or len(many) < 2:
            return [row for values in many for row in self.rows(connection, values)]
        member = current()
        form = self._form(connection, in_step=member is not None)
        bound = [form.bound({**values, _WHOSE: member.number} if member else values) for values in many]
        sql, given = bound[0][0], [its for _, its in bound]
        if member:
            return [row[:-1] for row in form.read(member.ask(sql, given))]
        return form.read(await_only(_asyncpg(connection).fetchmany(sql, given)))

    def _in_step(self, connection: Connection, member: Member, values: Values) -> list[Row]:
        """Together with the others of the transaction; a number in the row says whose it is."""
        form = self._form(connection, in_step=True)
        sql, given = form.bound({**values, _WHOSE: member.number})
        found = form.read(member.ask(sql, [given]))
        for row in found:
            row.pop()
        return found

    def _form(self, connection: Connection, *, in_step: bool = False) -> _Form:
        forms = self._stepping if in_step else self._forms
        return forms.get(connection.dialect.name) or forms.setdefault(
            connection.dialect.name, self._compiled(connection, in_step)
        )

    def _compiled(self, connection: Connection, in_step: bool) -> _Form:
        statement = self._on(connection)
        return _Form(self._numbered(statement) if in_step else statement, self._columns, connection.dialect)

    def _on(self, connection: Connection) -> Executable:
        """The statement for this database."""
        return self._statement.on(connection) if isinstance(self._statement, Upsert) else self._statement

    def _numbered(self, statement: Any) -> Executable:
        number = bindparam(_WHOSE, type_=Integer)
        numbered = statement.add_columns if isinstance(statement, Select) else statement.returning
        return numbered(number)


class Numbering(Prepared):
    """An INSERT into a table that numbers its rows, in its column `id`."""

    __slots__ = ()

    def __init__(self, table: Table) -> None:
        super().__init__(insert(table), [name for name in table.c.keys() if name != "id"])

    def numbers(self, connection: Connection, many: Sequence[Values]) -> list[int]:
        """Insert rows; their numbers, in the same order."""
        if is_postgres(connection):
            return [number for [number] in self.each(connection, many)]
        form, driver = self._form(connection), raw(connection)
        # SQLite knows them anyway, and RETURNING costs it a table of its own.
        return [int(driver.execute(*form.bound(values)).lastrowid or 0) for values in many]

    def _on(self, connection: Connection) -> Executable:
        numbering: Any = self._statement
        return numbering.returning(numbering.table.c.id) if is_postgres(connection) else numbering  # type: ignore[no-any-return]


class Lock(Prepared):
    """Rows of `table`, by the first column of `statement`, that nobody else has until the transaction ends."""

    __slots__ = ("_free",)

    def __init__(self, statement: Select[Any], table: Table, *, key_share: bool = False) -> None:
        super().__init__(statement.with_for_update(of=table, key_share=key_share))
        self._free = statement.with_for_update(of=table, key_share=key_share, skip_locked=True)

    def rows(self, connection: Connection, values: Values = _NOTHING) -> list[Row]:
        """The rows, once we have them; raises Alone in step with others when somebody has them now."""
        found = super().rows(connection, values)
        if member := current():
            member.hold([row[0] for row in found])
        return found

    def _numbered(self, statement: Any) -> Executable:
        return super()._numbered(self._free)


class _Binds:
    """The values of a statement in their order; most go to the driver as they are."""

    __slots__ = ("_converts", "_names", "_pick")

    def __init__(self, names: Sequence[str], converts: Sequence[tuple[int, _Convert]]) -> None:
        self._names, self._converts = names, converts
        self._pick = itemgetter(*names) if len(names) > 1 else None

    def of(self, values: Values) -> Sequence[Any]:
        pick = self._pick
        given: list[Any] = list(pick(values)) if pick else [values[name] for name in self._names]
        for at, convert in self._converts:
            given[at] = convert(given[at])
        return given


@dataclass(frozen=True, slots=True)
class _Variant:
    """A statement with lists of certain lengths; `names` are those of their members, one list after the other."""

    sql: str
    binds: _Binds
    names: Sequence[str]


class _Form:
    """A statement as one database has it."""

    __slots__ = ("_binds", "_compiled", "_fixed", "_lists", "_sql", "_taken", "_variants")

    def __init__(self, statement: Executable, columns: Sequence[str] | None, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect, column_keys=columns)  # type: ignore[attr-defined]
        self._compiled: SQLCompiler = compiled
        binds = compiled.binds.items()
        self._lists = [name for name, bind in binds if bind.expanding]
        self._fixed = {name: bind.effective_value for name, bind in binds if not (bind.required or bind.expanding)}
        self._sql: str = compiled.string
        self._binds = self._converted(compiled.positiontup or ())
        self._taken = [
            (at, convert)
            for at, column in enumerate(compiled._result_columns)
            if (convert := column.type._cached_result_processor(dialect, None)) is not None
        ]
        self._variants: dict[tuple[int, ...], _Variant] = {}

    def _converted(self, names: Sequence[str]) -> _Binds:
        converts: Mapping[str, Any] = self._compiled._bind_processors
        return _Binds(names, [(at, converts[name]) for at, name in enumerate(names) if name in converts])

    def bound(self, values: Values) -> tuple[str, Sequence[Any]]:
        """SQL and the driver's own values."""
        if self._fixed:
            values = {**self._fixed, **values}
        if not self._lists:
            return self._sql, self._binds.of(values)
        sql, binds, values = self._listed(values)
        return sql, binds.of(values)

    def _listed(self, values: Values) -> tuple[str, _Binds, Values]:
        """With its lists filled in, which for the sake of few variants are as long as the next power of two."""
        lists = [_padded(list(values[name])) for name in self._lists]
        lengths = tuple(map(len, lists))
        variant = self._variants.get(lengths) or self._variants.setdefault(lengths, self._variant(values, lists))
        return variant.sql, variant.binds, {**values, **dict(zip(variant.names, chain(*lists), strict=True))}

    def _variant(self, values: Values, lists: Sequence[list[Any]]) -> _Variant:
        state = self._compiled.construct_expanded_state({**values, **dict(zip(self._lists, lists, strict=True))})
        named = zip(self._lists, lists, strict=True)
        names = [f"{name}_{at}" for name, its in named for at in range(1, len(its) + 1)]
        return _Variant(state.statement, self._converted(state.positiontup or ()), names)

    def read(self, found: Sequence[Sequence[Any]]) -> list[Row]:
        """Rows of the driver as their columns' types have them."""
        rows = [list(row) for row in found]
        for row in rows:
            for at, convert in self._taken:
                row[at] = convert(row[at])
        return rows


def _padded(values: list[Any]) -> list[Any]:
    """Repeating the last value changes nothing of what IN (…) finds."""
    short = (1 << (len(values) - 1).bit_length()) - len(values) if values else 0
    return values + values[-1:] * short


@unique
class Advisory(IntEnum):
    """What transactions wait for each other by that has no row of its own. PostgreSQL knows such locks by a number."""

    AUDIT = 7_201_701
    """The end of the record: one entry after the other."""
    MIGRATION = 7_201_702
    KEEPING = 7_201_703
    """Taken to hold and to purge, so that a hold that was granted is one that every purge sees."""
    PINS = 7_201_704
    """Under it an account's PINs are counted."""


_ADVISORY: Final = Prepared(select(func.pg_advisory_xact_lock(bindparam("lock", type_=BigInteger))))


def advisory_lock(connection: Connection, lock: int) -> None:
    """Held until the end of the transaction. SQLite has one writer at a time anyway."""
    if is_postgres(connection):
        _ADVISORY.rows(connection, {"lock": lock})


def _asyncpg(connection: Connection) -> Any:
    return connection.connection.driver_connection
