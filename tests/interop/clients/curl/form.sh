# Calls every case with curl, as a form or as a query: the first argument is POST or GET.
set -eu
. "$CLIENT/show.sh"

# [docs:form]
form() { # form CASE FUNCTION --data-urlencode NAME=VALUE ...
    name=$1 function=$2
    shift 2
    show "$name" --header "$bearer" --data '' "$@" "$GATEWAY_URL/rest/$function"
}
# [docs:end]

# [docs:query]
query() { # query CASE FUNCTION --data-urlencode NAME=VALUE ...: for functions that only read
    name=$1 function=$2
    shift 2
    show "$name" --get --header "$bearer" "$@" "$GATEWAY_URL/rest/$function"
}
# [docs:end]

case $1 in
POST) method='' read=form ;;
GET) method=--get read=query ;;
esac

value() { # value CASE FUNCTION VALUE: of functions whose parameter has this name
    $read "$1" "$2" --data-urlencode "value=$3"
}

carriage=$(printf 'a\r\nb')

value int interop_echo_int 9223372036854775807
value int-small interop_echo_int -5
value int-5 interop_echo_int 5
value int-32-bits interop_echo_int -2147483648
value int-33-bits interop_echo_int 2147483648
value int-54-bits interop_echo_int 9007199254740993
value int32 interop_echo_int32 -2147483648
value double interop_echo_double 0.1
value double-1.5 interop_echo_double 1.5
value double-minus-0 interop_echo_double -0.0
value decimal interop_echo_decimal 12345678901234567890.12
value decimal-1.50 interop_echo_decimal 1.50
value decimal-1E+3 interop_echo_decimal 1000
value bool interop_echo_bool 1
value bool-false interop_echo_bool 0
value text interop_echo_text 'é€<b>&amp;"'"'"'`]]>	end'
value text-markup interop_echo_text 'a<b>&c'
value text-emoji interop_echo_text 'a😀b'
value text-crlf interop_echo_text "$carriage"
value text-blanks interop_echo_text '  a  b  '
value text-empty interop_echo_text ''
$read text-illegal interop_illegal_text
value instant interop_echo_instant "$noon.123Z"
value instant-whole interop_echo_instant "${noon}Z"
value instant-zone interop_echo_instant 2026-03-01T14:00:00.123+02:00
value instant-no-zone interop_echo_instant "$noon.123"
value instant-micros interop_echo_instant "$noon.123456Z"
value day interop_echo_day 2026-03-01
value choice interop_echo_level high
value choice-low interop_echo_level low
value bytes interop_echo_bytes "$octets"
value bytes-2 interop_echo_bytes AP8=
$read optional-omitted interop_optional --data-urlencode a=x
$read optional-nil interop_optional --data-urlencode a=x # what is null does not come
$read optional-given interop_optional --data-urlencode a=x --data-urlencode b=1 --data-urlencode c=y \
    --data-urlencode d=0 --data-urlencode 'e[0]=3'
$read list interop_echo_numbers --data-urlencode 'values[0]=1' --data-urlencode 'values[1]=-2' \
    --data-urlencode 'values[2]=3'
$read list-one interop_echo_numbers --data-urlencode 'values[0]=1'
$read list-texts interop_echo_texts --data-urlencode 'values[0]=a' --data-urlencode 'values[1]=' \
    --data-urlencode 'values[2]=b & c'
$read list-empty interop_echo_numbers --data-urlencode 'values='

person() { # person PREFIX: the words of Ada's members
    printf '%s\n' "$1[id]=1" "$1[username]=ada" "$1[email]=ada@example.org" "$1[active]=1" "$1[joined]=$noon.123Z" \
        "$1[courses][0][id]=1" "$1[courses][0][name]=Algebra & <Logic>" "$1[courses][0][tags][0]=a" \
        "$1[courses][0][tags][1]=b" "$1[courses][1][id]=2" "$1[courses][1][name]=Rhetoric" "$1[courses][1][tags]="
}

pairs() { # the lines of the input, as a configuration of curl's
    sed 's/.*/data-urlencode = "&"/'
}

person person | pairs | $read struct interop_echo_person --config -
$read struct-absent interop_echo_person --data-urlencode 'person[username]=bob' --data-urlencode 'person[active]=0' \
    --data-urlencode 'person[courses]='
$read struct-default interop_echo_person --data-urlencode 'person[username]=cal' --data-urlencode 'person[courses]='
{
    person 'people[0]'
    printf '%s\n' 'people[1][username]=bob' 'people[1][active]=0' 'people[1][courses]='
} | pairs | $read structs interop_echo_people --config -
awk 'BEGIN {
    for (i = 0; i < 500; i++) {
        p = "people[" i "]"
        c = p "[courses][0]"
        print p "[id]=" i; print p "[username]=user" i; print p "[email]=user" i "@example.org"
        print p "[active]=" (i % 2 ? 0 : 1); print c "[id]=" i; print c "[name]=Course " i
        print c "[tags][0]=x"; print c "[tags][1]=y"
    }
}' | pairs | form structs-500 interop_echo_people --config -
value void interop_void x
$read null interop_null
$read fault-problems interop_accounts \
    --data-urlencode 'accounts[0][username]=Bad Name' --data-urlencode 'accounts[0][email]=a@example.org' \
    --data-urlencode 'accounts[1][username]=good' --data-urlencode 'accounts[1][email]=nowhere'
$read fault-declared interop_fault --data-urlencode 'text=an hour & a <half>'
show fault-token $method --header "$stranger" --data-urlencode value=1 "$GATEWAY_URL/rest/interop_echo_int"
show password $method --user "$GATEWAY_USER:$GATEWAY_PASSWORD" --data-urlencode value=1 \
    "$GATEWAY_URL/rest/interop_echo_int"
$read site-info core_webservice_get_site_info
form create-users core_user_create_users --data-urlencode "users[0][username]=$GATEWAY_NAME.jane" \
    --data-urlencode 'users[0][password]=Corr3ct-horse' --data-urlencode 'users[0][firstname]=Jane' \
    --data-urlencode 'users[0][lastname]=Doe & Søn' --data-urlencode "users[0][email]=$GATEWAY_NAME.jane@example.org" \
    --data-urlencode 'users[0][city]=Perth'
$read get-users core_user_get_users_by_field --data-urlencode field=username \
    --data-urlencode 'values[0]=user01' --data-urlencode 'values[1]=nobody'
$read find-users core_user_get_users \
    --data-urlencode 'criteria[0][key]=username' --data-urlencode 'criteria[0][value]=user02' \
    --data-urlencode 'criteria[1][key]=lastname' --data-urlencode 'criteria[1][value]=lind%'
form update-users core_user_update_users --data-urlencode 'users[0][id]=21' --data-urlencode 'users[0][city]=Perth'
form delete-users core_user_delete_users --data-urlencode 'userids[0]=999999'
