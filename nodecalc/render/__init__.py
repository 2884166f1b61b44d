"""Answers as tables, JSON, CSV and Markdown; every command hands over one `Report` and this package writes it."""

from __future__ import annotations

from .report import Column, Report, Table

__all__ = ["Column", "Report", "Table"]
