"""REST as clients for Moodle speak it: `/webservice/rest/server.php` and `simpleserver.php`."""

from protocols.rest.moodle.protocol import MoodleRest

PROTOCOL = MoodleRest()
