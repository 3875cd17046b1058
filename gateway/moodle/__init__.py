"""What all faces share that are wire-compatible with Moodle 2.7: parameters, values, credentials, names of faults.

A protocol's own forms (XML, AMF) stay in the protocol.
"""
