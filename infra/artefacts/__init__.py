"""What is deployed to Lambda: layers' requirements, and the check of what ``sam build`` made."""
