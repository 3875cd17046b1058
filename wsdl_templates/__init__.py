"""Skeletons of the WSDL documents, one a flavour; what `${...}` stands for is written by the SOAP protocol."""
