"""Between the gradebook and an LMS: grades out, submissions in, feedback back. docs/lms.md tells instructors how."""

from medcoding.grading.lms.exports import (
    EXPORTERS,
    BlackboardExport,
    BrightspaceExport,
    CanvasExport,
    CsvExport,
    ExcelExport,
    LmsExport,
    MoodleExport,
)
from medcoding.grading.lms.zipcollect import (
    BlackboardCollector,
    BrightspaceCollector,
    CanvasCollector,
    MoodleCollector,
    SafeExtractor,
)

__all__ = [
    "EXPORTERS",
    "BlackboardCollector",
    "BlackboardExport",
    "BrightspaceCollector",
    "BrightspaceExport",
    "CanvasCollector",
    "CanvasExport",
    "CsvExport",
    "ExcelExport",
    "LmsExport",
    "MoodleCollector",
    "MoodleExport",
    "SafeExtractor",
]
