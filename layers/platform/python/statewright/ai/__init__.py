"""The AI service: providers, text steps, words to workflows, forecasts, anomalies."""
