"""The practice newsroom: invented coverage over real loopback HTTP, SMTP and webhooks."""

from monitor.demo.newsroom import Newsroom
from monitor.demo.stage import Stage, practice_stage

__all__ = ["Newsroom", "Stage", "practice_stage"]
