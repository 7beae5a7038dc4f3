"""Feedback for a whole class: the pages of `nbgrader generate_feedback`, rendered once where students share them."""

from medcoding.grading.feedbackrun.batch import FeedbackSummary, NoFeedback, feedback_for

__all__ = ["FeedbackSummary", "NoFeedback", "feedback_for"]
