"""The component core_course: as yet the levels of contexts that categories and courses have."""

from functions.release import RELEASE
from gateway import Component
from gateway.registry import ContextLevel

component = Component(
    "core_course",
    levels=[
        ContextLevel("category", title="Course category"),
        ContextLevel("course", title="Course", parent="category"),
    ],
    title="Courses",
    version=RELEASE,
)
