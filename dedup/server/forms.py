"""Forms: their texts and their file. Nothing of a form stays open or on the disk once it is read."""

from typing import NamedTuple

from starlette.datastructures import UploadFile
from starlette.requests import Request

from dedup.server.problems import Problem

_FIELDS = 20
"""Fields of a form."""
_CHARACTERS = 1_000
"""Characters of a field, but the text of the draft, which the body bounds."""


class PostedForm(NamedTuple):
    """The texts of a form by name, and the bytes and the name of its file if it has one."""

    texts: dict[str, str]
    file: tuple[bytes, str] | None


async def read_form(request: Request, most: int) -> PostedForm:
    """Return the form of a request with a field of up to `most` bytes. Problem 422 for a field that is too long."""
    async with request.form(max_files=1, max_fields=_FIELDS, max_part_size=most) as form:
        texts = {name: value for name, value in form.items() if isinstance(value, str)}
        file = form.get("file")
        given = isinstance(file, UploadFile) and (file.filename or file.size)
        found = (await file.read(), file.filename or "") if given and isinstance(file, UploadFile) else None
    for name, value in texts.items():
        if name != "text" and len(value) > _CHARACTERS:
            raise Problem(422, f"{name[:40]}: more than {_CHARACTERS:,} characters")
    return PostedForm(texts, found)


def file_of(form: PostedForm) -> tuple[bytes, str]:
    """Return the file of a form. Problem 422 if it has none."""
    if form.file is None:
        raise Problem(422, "the form has no file in the field `file`")
    return form.file
