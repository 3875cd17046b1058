# Calls every case with curl, as JSON.
set -eu
. "$CLIENT/show.sh"

# [docs:call]
json() { # json CASE FUNCTION JSON
    show "$1" --header "$bearer" --json "$3" "$GATEWAY_URL/rest/$2"
}
# [docs:end]

# [docs:password]
password() { # password CASE FUNCTION JSON
    show "$1" --user "$GATEWAY_USER:$GATEWAY_PASSWORD" --json "$3" "$GATEWAY_URL/rest/$2"
}
# [docs:end]

ada='{"id": 1, "username": "ada", "email": "ada@example.org", "active": true, "joined": "2026-03-01T12:00:00.123Z",
"courses": [{"id": 1, "name": "Algebra & <Logic>", "tags": ["a", "b"]}, {"id": 2, "name": "Rhetoric", "tags": []}]}'
bob='{"username": "bob", "active": false, "courses": []}'

json int interop_echo_int '{"value": 9223372036854775807}'
json int-small interop_echo_int '{"value": -5}'
json int-5 interop_echo_int '{"value": 5}'
json int-32-bits interop_echo_int '{"value": -2147483648}'
json int-33-bits interop_echo_int '{"value": 2147483648}'
json int-54-bits interop_echo_int '{"value": 9007199254740993}'
json int32 interop_echo_int32 '{"value": -2147483648}'
json double interop_echo_double '{"value": 0.1}'
json double-1.5 interop_echo_double '{"value": 1.5}'
json double-minus-0 interop_echo_double '{"value": -0.0}'
json decimal interop_echo_decimal '{"value": "12345678901234567890.12"}'
json decimal-1.50 interop_echo_decimal '{"value": 1.50}'
json decimal-1E+3 interop_echo_decimal '{"value": "1000"}'
json bool interop_echo_bool '{"value": true}'
json bool-false interop_echo_bool '{"value": false}'
json text interop_echo_text '{"value": "é€<b>&amp;\"'"'"'`]]>\tend"}'
json text-markup interop_echo_text '{"value": "a<b>&c"}'
json text-emoji interop_echo_text '{"value": "a😀b"}'
json text-crlf interop_echo_text '{"value": "a\r\nb"}'
json text-blanks interop_echo_text '{"value": "  a  b  "}'
json text-empty interop_echo_text '{"value": ""}'
json text-illegal interop_illegal_text '{}'
json instant interop_echo_instant "{\"value\": \"$noon.123Z\"}"
json instant-whole interop_echo_instant "{\"value\": \"${noon}Z\"}"
json instant-zone interop_echo_instant '{"value": "2026-03-01T14:00:00.123+02:00"}'
json instant-no-zone interop_echo_instant "{\"value\": \"$noon.123\"}"
json instant-micros interop_echo_instant "{\"value\": \"$noon.123456Z\"}"
json day interop_echo_day '{"value": "2026-03-01"}'
json choice interop_echo_level '{"value": "high"}'
json choice-low interop_echo_level '{"value": "low"}'
json bytes interop_echo_bytes "{\"value\": \"$octets\"}"
json bytes-2 interop_echo_bytes '{"value": "AP8="}'
json optional-omitted interop_optional '{"a": "x"}'
json optional-nil interop_optional '{"a": "x", "b": null, "c": null, "d": null, "e": null}'
json optional-given interop_optional '{"a": "x", "b": 1, "c": "y", "d": 0, "e": [3]}'
json list interop_echo_numbers '{"values": [1, -2, 3]}'
json list-one interop_echo_numbers '{"values": [1]}'
json list-texts interop_echo_texts '{"values": ["a", "", "b & c"]}'
json list-empty interop_echo_numbers '{"values": []}'
json struct interop_echo_person "{\"person\": $ada}"
json struct-absent interop_echo_person "{\"person\": $bob}"
json struct-default interop_echo_person '{"person": {"username": "cal", "courses": []}}'
json structs interop_echo_people "{\"people\": [$ada, $bob]}"
awk 'BEGIN {
    printf "{\"people\": ["
    for (i = 0; i < 500; i++) {
        printf "%s{\"id\": %d, \"username\": \"user%d\", \"email\": \"user%d@example.org\", ", i ? ", " : "", i, i, i
        printf "\"active\": %s, \"courses\": [{\"id\": %d, ", i % 2 ? "false" : "true", i
        printf "\"name\": \"Course %d\", \"tags\": [\"x\", \"y\"]}]}", i
    }
    printf "]}"
}' >crowd.json
json structs-500 interop_echo_people @crowd.json
json void interop_void '{"value": "x"}'
json null interop_null '{}'
json fault-problems interop_accounts '{"accounts": [{"username": "Bad Name", "email": "a@example.org"},
{"username": "good", "email": "nowhere"}]}'
json fault-declared interop_fault '{"text": "an hour & a <half>"}'
show fault-token --header "$stranger" --json '{"value": 1}' "$GATEWAY_URL/rest/interop_echo_int"
password password interop_echo_int '{"value": 1}'
json site-info core_webservice_get_site_info '{}'
json create-users core_user_create_users "{\"users\": [{\"username\": \"$GATEWAY_NAME.jane\", \"password\": \"Corr3ct-horse\",
\"firstname\": \"Jane\", \"lastname\": \"Doe & Søn\", \"email\": \"$GATEWAY_NAME.jane@example.org\", \"city\": \"Perth\"}]}"
json get-users core_user_get_users_by_field '{"field": "username", "values": ["user01", "nobody"]}'
json find-users core_user_get_users '{"criteria": [{"key": "username", "value": "user02"},
{"key": "lastname", "value": "lind%"}]}'
json update-users core_user_update_users '{"users": [{"id": 21, "city": "Perth"}]}'
json delete-users core_user_delete_users '{"userids": [999999]}'
