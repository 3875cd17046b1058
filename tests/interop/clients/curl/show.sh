# What both programs share: `show CASE ARGUMENTS...` calls curl and prints the line of a case.
show() {
    name=$1
    shift
    status=$(curl --silent --show-error --output answer --write-out '%{http_code}' "$@")
    case $status in
    200) printf '{"case": "%s", "value": %s}\n' "$name" "$(cat answer)" ;;
    *) printf '{"case": "%s", "fault": %s}\n' "$name" "$(cat answer)" ;;
    esac
}

bearer="Authorization: Bearer $GATEWAY_TOKEN"
stranger="Authorization: Bearer $GATEWAY_BAD_TOKEN"
noon=2026-03-01T12:00:00
octets=$(awk 'BEGIN { for (i = 0; i < 256; i++) printf "\\0%03o", i }' | xargs -0 printf '%b' | base64 -w 0)
