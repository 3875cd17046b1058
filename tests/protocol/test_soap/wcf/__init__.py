"""What Microsoft's client was tried with: functions, their WSDL (recommended.wsdl), what it sent (captures.json).

The client itself comes from no registry that tests can use: dotnet-svcutil 8.0.0 and System.ServiceModel 10.1.0 on
.NET 10.0.12 were run once. Each capture holds content type, SOAPAction and body of a request, from either of the
runtime's serializers in either version of SOAP, and the answer that the client then understood.
"""

import json
from pathlib import Path

from tests.protocol.test_soap.wcf.component import component

_HERE = Path(__file__).parent
NAMESPACE = "urn:moodlelike:1"
WSDL_NAME = "Api"
RECOMMENDED = (_HERE / "recommended.wsdl").read_bytes()
CAPTURES: list[dict[str, str]] = json.loads((_HERE / "captures.json").read_text())

__all__ = ["CAPTURES", "NAMESPACE", "RECOMMENDED", "WSDL_NAME", "component"]
