"""Files that people or the app uploaded, kept in memory."""

from __future__ import annotations

import base64
import mimetypes
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.errors import ScreenError, SlackError
from sandbox.people import TEAM_ID

if TYPE_CHECKING:
    from sandbox.workspace import Workspace

Json = dict[str, Any]
SIZE_LIMIT = 10 * 1024 * 1024  # bytes, per file of a file_input


@dataclass
class File:
    """One file; `content` is None between asking for an upload address and sending the bytes."""

    id: str
    name: str
    user: str
    created: int
    content: bytes | None = None
    title: str = ""
    complete: bool = False


class Files:
    """All files of the workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._files: dict[str, File] = {}

    def announce(self, name: str, user: str) -> File:
        """Make room for a file whose bytes come next."""
        file = File(self._workspace.new_id("F"), name, user, int(self._workspace.clock()), title=name)
        self._files[file.id] = file
        return file

    def get(self, file_id: str) -> File:
        """
        Raises:
            SlackError: file_not_found.
        """
        if file_id not in self._files:
            raise SlackError("file_not_found")
        return self._files[file_id]

    def take(self, upload: Any, person: str) -> Json:
        """A person's upload, `{"name", "content"}` (text) or `{"name", "base64"}`, or a known file id."""
        if isinstance(upload, str) and upload in self._files:
            return self.as_slack(self._files[upload])
        if isinstance(upload, dict) and upload.get("id") in self._files:
            return self.as_slack(self._files[upload["id"]])
        if not isinstance(upload, dict) or "name" not in upload:
            raise ScreenError("bad_upload", wanted={"name": "leads.csv", "content": "email,…"})
        if "base64" in upload:
            content = base64.b64decode(upload["base64"])
        else:
            content = str(upload.get("content", "")).encode()
        if len(content) > SIZE_LIMIT:
            raise ScreenError("file_too_large", limit=SIZE_LIMIT)
        file = self.announce(str(upload["name"]), person)
        file.content, file.complete = content, True
        self._workspace.changed("file")
        return self.as_slack(file)

    def as_slack(self, file: File) -> Json:
        """The file object of payloads and `files.info`."""
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        ending = file.name.rsplit(".", 1)[-1] if "." in file.name else "binary"
        address = f"{self._workspace.base_url}/files-pri/{TEAM_ID}-{file.id}"
        return {
            "id": file.id,
            "created": file.created,
            "timestamp": file.created,
            "name": file.name,
            "title": file.title or file.name,
            "mimetype": kind,
            "filetype": ending,
            "pretty_type": ending.upper(),
            "user": file.user,
            "size": len(file.content or b""),
            "mode": "hosted",
            "is_external": False,
            "is_public": False,
            "url_private": f"{address}/{file.name}",
            "url_private_download": f"{address}/download/{file.name}",
            "permalink": f"{self._workspace.base_url}/_sandbox/files/{file.id}",
        }
