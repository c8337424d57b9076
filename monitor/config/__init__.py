"""YAML and environment to frozen settings; every error names file, line and column."""

from monitor.config.load import load
from monitor.config.options import MonitorOptions, WebOptions
from monitor.config.report import CheckReport, NextSlot, report, settings_summary
from monitor.config.schemas import published_schemas, schemas, write_schemas
from monitor.config.settings import Settings
from monitor.config.watcher import SettingsWatcher
from monitor.errors import ConfigError

__all__ = [
    "CheckReport",
    "ConfigError",
    "MonitorOptions",
    "NextSlot",
    "Settings",
    "SettingsWatcher",
    "WebOptions",
    "load",
    "published_schemas",
    "report",
    "schemas",
    "settings_summary",
    "write_schemas",
]
