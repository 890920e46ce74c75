"""The questionnaire: what is asked, and what is said back. No web library in here."""
