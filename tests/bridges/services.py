"""The services of Spyne's own documentation, and one method for each type; written as Spyne's users write them.

hello world: https://spyne.io/docs/2.10/manual/02_helloworld.html; the user manager: .../03_types.html and
.../manual/04_usermanager.html; SQLAlchemy rows through a plain ComplexModel: .../manual/05_sqlalchemy.html
"""

# Spyne's methods have no self, its classes no types, and its decorators read annotations from their arguments.
# ruff: noqa: N805
# mypy: ignore-errors

from bench.peers.quiet import importing_spyne

with importing_spyne():
    import spyne
    from spyne import (
        Array,
        Boolean,
        ByteArray,
        ComplexModel,
        Date,
        DateTime,
        Decimal,
        Double,
        Fault,
        Integer,
        Integer32,
        Iterable,
        Mandatory,
        ServiceBase,
        Unicode,
        rpc,
        srpc,
    )
    from spyne.model import UnsignedInteger8
    from spyne.model.enum import Enum
    from spyne.protocol.soap import Soap11
    from spyne.server.wsgi import WsgiApplication

    from gateway.bridges.spyne import component

from sqlalchemy import String, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.pool import StaticPool

NAMESPACE = "spyne.examples"


class HelloWorldService(ServiceBase):
    """Hello world, with an Iterable."""

    @srpc(Unicode, Integer, _returns=Iterable(Unicode))
    def say_hello(name, times):
        """Docstrings for service methods appear as documentation in the wsdl.

        @param name the name to say hello to
        @param times the number of times to say hello
        """
        for _ in range(times):
            yield f"Hello, {name}"


class Permission(ComplexModel):
    """What a user may do."""

    __namespace__ = NAMESPACE

    application = Unicode(values=["usermgr", "accountmgr"])
    operation = Unicode(values=["read", "modify", "delete"])


class User(ComplexModel):
    """A user of the user manager."""

    __namespace__ = NAMESPACE

    user_id = Integer
    user_name = Unicode(32, min_len=4, pattern="[a-z0-9.]+")
    full_name = Unicode(64, min_len=4, pattern=r"\w+( \w+)+")
    email = Unicode(min_len=4, pattern=r"[a-z0-9._%+-]+@[a-z0-9.-]+\.[A-Z]{2,4}")
    permissions = Array(Permission)


class UserNotFound(Fault):
    """The user is not there."""

    __namespace__ = NAMESPACE

    def __init__(self, user_id):
        super().__init__(faultcode="Client.UserNotFound", faultstring=f"The user {user_id} does not exist")


class UserManagerService(ServiceBase):
    """The user manager, with ComplexModel and Fault; `users` holds what was added."""

    users: dict = {}

    @rpc(User, _returns=Integer)
    def add_user(ctx, user):
        user.user_id = len(UserManagerService.users) + 1
        UserManagerService.users[user.user_id] = user
        return user.user_id

    @rpc(Integer, _returns=User, _throws=[UserNotFound])
    def get_user(ctx, user_id):
        if user_id not in UserManagerService.users:
            raise UserNotFound(user_id)
        return UserManagerService.users[user_id]

    @rpc(User, _throws=[UserNotFound])
    def set_user(ctx, user):
        if user.user_id not in UserManagerService.users:
            raise UserNotFound(user.user_id)
        UserManagerService.users[user.user_id] = user

    @rpc(Integer, _throws=[UserNotFound])
    def del_user(ctx, user_id):
        if user_id not in UserManagerService.users:
            raise UserNotFound(user_id)
        del UserManagerService.users[user_id]

    @rpc(_returns=Iterable(User))
    def get_all_user(ctx):
        return UserManagerService.users.values()


class Base(DeclarativeBase):
    """Tables of the SQLAlchemy example."""


class Row(Base):
    """A book, as SQLAlchemy keeps it."""

    __tablename__ = "books"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(100))
    secret: Mapped[str] = mapped_column(String(100), default="not for the wire")


class Book(ComplexModel):
    """The plain model through which rows of `books` travel."""

    __namespace__ = NAMESPACE

    id = Integer32
    title = Mandatory(Unicode(100))


ENGINE = create_engine("sqlite://", connect_args={"check_same_thread": False}, poolclass=StaticPool)


class BookService(ServiceBase):
    """Rows of SQLAlchemy, returned as they are."""

    @rpc(Book, _returns=Integer32)
    def put_book(ctx, book):
        with Session(_engine()) as db:
            row = Row(title=book.title)
            db.add(row)
            db.commit()
            return row.id

    @rpc(Unicode, _returns=Array(Book))
    def find_books(ctx, title):
        with Session(_engine()) as db:
            return db.scalars(select(Row).where(Row.title == title).order_by(Row.id)).all()


def _engine():
    Base.metadata.create_all(ENGINE)
    return ENGINE


Colour = Enum("red", "green", "blue", type_name="Colour")


class Animal(ComplexModel):
    """A base class."""

    __namespace__ = NAMESPACE

    name = Unicode(min_occurs=1, nillable=False)
    legs = UnsignedInteger8


class Dog(Animal):
    """A derived class, with a list of its own kind of things."""

    __namespace__ = NAMESPACE

    tricks = Array(Unicode)
    colour = Colour
    scores = Double(max_occurs="unbounded")


class EchoService(ServiceBase):
    """Each type, in and out."""

    @srpc(Unicode, _returns=Unicode)
    def echo_unicode(value):
        return value

    @srpc(Unicode(5, min_len=2, pattern="[a-z]+"), _returns=Unicode)
    def echo_pattern(value):
        return value

    @srpc(Integer, _returns=Integer)
    def echo_integer(value):
        return value

    @srpc(Integer32(ge=-5, lt=100), _returns=Integer32)
    def echo_int32(value):
        return value

    @srpc(UnsignedInteger8, _returns=UnsignedInteger8)
    def echo_byte(value):
        return value

    @srpc(Double, _returns=Double)
    def echo_double(value):
        return value

    @srpc(Decimal(12, 4), _returns=Decimal)
    def echo_decimal(value):
        return value

    @srpc(Boolean, _returns=Boolean)
    def echo_boolean(value):
        return value

    @srpc(DateTime, _returns=DateTime)
    def echo_datetime(value):
        return value

    @srpc(Date, _returns=Date)
    def echo_date(value):
        return value

    @srpc(ByteArray, _returns=ByteArray)
    def echo_bytes(value):
        return value

    @srpc(Colour, _returns=Colour)
    def echo_enum(value):
        return value

    @srpc(Array(Integer), _returns=Array(Integer))
    def echo_array(value):
        return value

    @srpc(Dog, _returns=Dog)
    def echo_dog(value):
        assert value is None or type(value) is Dog
        return value

    @srpc(Array(Dog), _returns=Iterable(Dog))
    def echo_dogs(value):
        yield from value

    @srpc(Unicode, Integer(default=7), _returns=(Unicode, Integer), _out_variable_names=("text", "number"))
    def echo_two(text, number):
        return text, number

    @srpc(Unicode, _in_variable_names={"value_": "value"}, _operation_name="echoRenamed", _returns=Unicode)
    def renamed(value_):
        return value_

    @srpc(Animal, _returns=Animal, _body_style="bare")
    def echo_bare(animal):
        return animal


SERVICES = (HelloWorldService, UserManagerService, BookService, EchoService)


COMPONENT = component("ex", SERVICES, service="ex")
"""What the bridge makes of them."""


def wsgi() -> WsgiApplication:
    """What Spyne itself serves."""
    soft = Soap11(validator="soft")
    return WsgiApplication(
        spyne.Application(SERVICES, tns=NAMESPACE, name="Examples", in_protocol=soft, out_protocol=Soap11())
    )
