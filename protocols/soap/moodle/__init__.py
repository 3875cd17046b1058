"""SOAP as clients for Moodle speak it: rpc/encoded, at `/webservice/soap/server.php` and `simpleserver.php`.

`envelope` and `values` read calls, `writer` writes results, `fault` the three kinds of fault, `wsdl` the document.
"""

from protocols.soap.moodle.protocol import MoodleSoap

PROTOCOL = MoodleSoap()
