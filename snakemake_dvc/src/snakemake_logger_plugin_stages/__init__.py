"""A logger plugin of Snakemake that shows a person what happens: one line a stage.

On a terminal the stages that run stand below, each with its bar or its clock; in a file there is a
line when a stage is done, and one now and then while a long one runs. Lists of inputs, job numbers
and everything else are in Snakemake's own log file. To be named in a profile: ``logger: stages``.
"""

from __future__ import annotations

from logging import LogRecord

from snakemake_interface_logger_plugins.base import LogHandlerBase

from snakemake_dvc.display import StageDisplay


class LogHandler(LogHandlerBase):
    """What Snakemake makes of this plugin."""

    def __post_init__(self) -> None:
        settings = self.common_settings
        self._display = StageDisplay(
            dry=settings.dryrun, commands=settings.printshellcmds, plain=settings.nocolor
        )

    def emit(self, record: LogRecord) -> None:
        """Show a record, or not."""
        try:
            self._display.show(record)
        except Exception:
            self.handleError(record)

    def close(self) -> None:
        """Leave the terminal as it was."""
        self._display.close()
        super().close()

    @property
    def writes_to_stream(self) -> bool:
        """It does."""
        return True

    @property
    def writes_to_file(self) -> bool:
        """Snakemake's own log file is not touched."""
        return False

    @property
    def has_filter(self) -> bool:
        """It chooses by itself."""
        return True

    @property
    def has_formatter(self) -> bool:
        """It formats by itself."""
        return True

    @property
    def needs_rulegraph(self) -> bool:
        """It does not."""
        return False
