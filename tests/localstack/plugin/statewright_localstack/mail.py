"""Version 2 of SES, which only LocalStack's paid edition has: SendEmail, by its version 1.

The mails are then found where LocalStack shows those of version 1 (``/_aws/ses``).
"""

from __future__ import annotations

from typing import Any

from localstack.aws.api import RequestContext, handler
from localstack.services.plugins import Service, aws_provider


class Sesv2:
    """The operations of ``sesv2`` that the product calls."""

    service = "sesv2"
    version = "2019-09-27"

    @handler("SendEmail", expand=False)
    def send_email(self, context: RequestContext, request: dict[str, Any]) -> dict[str, Any]:
        """https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html"""
        from localstack.aws.connect import connect_to

        ses = connect_to(region_name=context.region).ses
        sender, content = request["FromEmailAddress"], request["Content"]
        ses.verify_email_identity(EmailAddress=sender)
        more = {
            "Tags": request.get("EmailTags", []),
            **_given("ConfigurationSetName", request),
        }
        to = request["Destination"]["ToAddresses"]
        if "Raw" in content:
            message = {"Data": content["Raw"]["Data"]}
            sent = ses.send_raw_email(Source=sender, Destinations=to, RawMessage=message, **more)
        else:
            simple = content["Simple"]
            message = {"Subject": simple["Subject"], "Body": simple["Body"]}
            sent = ses.send_email(
                Source=sender, Destination={"ToAddresses": to}, Message=message, **more
            )
        return {"MessageId": sent["MessageId"]}


def _given(name: str, request: dict[str, Any]) -> dict[str, Any]:
    return {name: request[name]} if request.get(name) else {}


@aws_provider(api="sesv2")
def sesv2() -> Service:
    """Makes the service known."""
    return Service.for_provider(Sesv2())
