"""How the questionnaire is served."""
