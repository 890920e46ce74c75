"""The questionnaire: what is asked, and what is said back. Nothing here imports a web library."""
