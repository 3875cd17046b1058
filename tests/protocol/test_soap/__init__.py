"""SOAP through bytes. The rules by number are those of the interoperability page that the WSDL's shape comes from."""
