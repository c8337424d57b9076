"""Notices edits of the configuration; a broken one leaves the last good one in force."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from monitor.config.files import current_version, stamp
from monitor.config.load import load
from monitor.config.settings import Settings
from monitor.errors import ConfigError

_SETTLED = 2.0
"""Seconds after which a file's modification time can be trusted to move with the next edit."""


class SettingsWatcher:
    """Asked now and then whether there is anything new.

    ``settings`` is the last good configuration, ``error`` what is wrong with the files as they
    are now; empty when nothing is. Only file names, times and sizes are looked at while nothing
    changes; when they do, a digest over the bytes decides.
    """

    def __init__(
        self,
        settings: Settings,
        environ: Mapping[str, str] = os.environ,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.settings = settings
        self.error = ""
        self._environ = environ
        self._clock = clock
        self._stamp: object = None
        self._tried = settings.version

    @property
    def folder(self) -> Path:
        """Return the folder that is watched."""
        return self.settings.folder

    def check(self) -> Settings | ConfigError | None:
        """Return new settings, what is wrong with an edit, or None when there is nothing new.

        Each edit is told once. An edit that is undone brings the settings back, and so mends
        the error. Files that change while they are read are left for the next time.
        """
        seen, newest = stamp(self.folder)
        if seen == self._stamp:
            return None
        version = current_version(self.folder)
        self._stamp = seen if newest < self._clock() - _SETTLED else None
        if version == self._tried:
            return None
        try:
            found = load(self.folder, self._environ)
        except ConfigError as error:
            if current_version(self.folder) == version:
                self._tried, self.error = version, str(error)
                return error
        else:
            if found.version == version:
                self._tried, self.error, self.settings = version, "", found
                return found
        self._stamp = None
        return None
