<?php
// Calls every case with PHP's SoapClient.

declare(strict_types=1);

// [docs:connect]
/** The WSDL is fetched first, with the token in its address; then the header goes with every call. */
function connect(string $authorization): SoapClient
{
    $context = stream_context_create();
    $client = new SoapClient(getenv('GATEWAY_WSDL'), [
        'stream_context' => $context,
        'soap_version' => getenv('GATEWAY_SOAP') === '12' ? SOAP_1_2 : SOAP_1_1,
        'features' => SOAP_SINGLE_ELEMENT_ARRAYS, // or a list of one item arrives as the item
        'cache_wsdl' => WSDL_CACHE_NONE,
    ]);
    stream_context_set_option($context, 'http', 'header', "Authorization: $authorization");
    return $client;
}

function token(string $token): string
{
    return "Bearer $token";
}

function password(string $username, string $password): string
{
    return 'Basic ' . base64_encode("$username:$password");
}
// [docs:end]

// [docs:call]
/** The one member of the answer, named after the function; a void function has none. */
function call(SoapClient $client, string $function, array $arguments): mixed
{
    return $client->__soapCall($function, [$arguments])->{"{$function}Result"} ?? null;
}
// [docs:end]

// [docs:fault]
/** What a caught SoapFault says. */
function fault(SoapFault $fault): array
{
    $detail = $fault->detail->apiFault;
    return [
        'message' => $fault->getMessage(),
        'exception' => $detail->exception,
        'errorcode' => $detail->errorcode,
        'cause' => $detail->cause ?? null,
        'problems' => $detail->problems->Problem ?? [],
        'request_id' => $detail->request_id,
    ];
}
// [docs:end]

function show(
    string $case,
    string $function,
    array $arguments = [],
    ?callable $read = null,
    ?SoapClient $client = null,
): void {
    global $gateway;
    // [docs:catch]
    try {
        $found = call($client ?? $gateway, $function, $arguments);
        $line = ['value' => $read === null ? $found : $read($found)];
    } catch (SoapFault $fault) {
        $line = isset($fault->detail) ? ['fault' => fault($fault)] : ['cannot' => $fault->getMessage()];
    }
    // [docs:end]
    echo json_encode(['case' => $case] + $line, JSON_THROW_ON_ERROR | JSON_PRESERVE_ZERO_FRACTION), "\n";
}

// [docs:lists]
/** The items of a list: they stand in a member named like their type. */
function items(string $item): callable
{
    return fn (?object $list): array => $list->$item ?? [];
}
// [docs:end]

function course(object $course): array
{
    return ['tags' => $course->tags->string ?? []] + (array) $course;
}

function person(object $person): array
{
    return ['courses' => array_map('course', $person->courses->InteropCourse ?? [])] + (array) $person;
}

function people(object $people): array
{
    return array_map('person', $people->InteropPerson ?? []);
}

function many(int $number): array
{
    $course = ['id' => $number, 'name' => "Course $number", 'tags' => ['string' => ['x', 'y']]];
    return [
        'id' => $number,
        'username' => "user$number",
        'email' => "user$number@example.org",
        'active' => $number % 2 === 0,
        'courses' => ['InteropCourse' => [$course]],
    ];
}

$ada = [
    'id' => 1,
    'username' => 'ada',
    'email' => 'ada@example.org',
    'active' => true,
    'joined' => '2026-03-01T12:00:00.123Z',
    'courses' => ['InteropCourse' => [
        ['id' => 1, 'name' => 'Algebra & <Logic>', 'tags' => ['string' => ['a', 'b']]],
        ['id' => 2, 'name' => 'Rhetoric', 'tags' => ['string' => []]],
    ]],
];
$bob = ['username' => 'bob', 'active' => false, 'courses' => ['InteropCourse' => []]];
$cal = ['username' => 'cal', 'courses' => ['InteropCourse' => []]];
$name = getenv('GATEWAY_NAME');
$gateway = connect(token(getenv('GATEWAY_TOKEN')));
$byPassword = connect(password(getenv('GATEWAY_USER'), getenv('GATEWAY_PASSWORD')));

show('int', 'interop_echo_int', ['value' => PHP_INT_MAX]);
show('int-small', 'interop_echo_int', ['value' => -5]);
show('int-5', 'interop_echo_int', ['value' => 5]);
show('int-32-bits', 'interop_echo_int', ['value' => -2147483648]);
show('int-33-bits', 'interop_echo_int', ['value' => 2147483648]);
show('int-54-bits', 'interop_echo_int', ['value' => 9007199254740993]);
show('int32', 'interop_echo_int32', ['value' => -2147483648]);
show('double', 'interop_echo_double', ['value' => 0.1]);
show('double-1.5', 'interop_echo_double', ['value' => 1.5]);
show('double-minus-0', 'interop_echo_double', ['value' => -0.0]);
show('decimal', 'interop_echo_decimal', ['value' => '12345678901234567890.12']);
show('decimal-1.50', 'interop_echo_decimal', ['value' => '1.50']);
show('decimal-1E+3', 'interop_echo_decimal', ['value' => '1000']);
show('bool', 'interop_echo_bool', ['value' => true]);
show('bool-false', 'interop_echo_bool', ['value' => false]);
show('text', 'interop_echo_text', ['value' => "é€<b>&amp;\"'`]]>\tend"]);
show('text-markup', 'interop_echo_text', ['value' => 'a<b>&c']);
show('text-emoji', 'interop_echo_text', ['value' => 'a😀b']);
show('text-crlf', 'interop_echo_text', ['value' => "a\r\nb"]);
show('text-blanks', 'interop_echo_text', ['value' => '  a  b  ']);
show('text-empty', 'interop_echo_text', ['value' => '']);
show('text-illegal', 'interop_illegal_text');
show('instant', 'interop_echo_instant', ['value' => '2026-03-01T12:00:00.123Z']);
show('instant-whole', 'interop_echo_instant', ['value' => '2026-03-01T12:00:00Z']);
show('instant-zone', 'interop_echo_instant', ['value' => '2026-03-01T14:00:00.123+02:00']);
show('instant-no-zone', 'interop_echo_instant', ['value' => '2026-03-01T12:00:00.123']);
show('instant-micros', 'interop_echo_instant', ['value' => '2026-03-01T12:00:00.123456Z']);
show('day', 'interop_echo_day', ['value' => '2026-03-01']);
show('choice', 'interop_echo_level', ['value' => 'high']);
show('choice-low', 'interop_echo_level', ['value' => 'low']);
show('bytes', 'interop_echo_bytes', ['value' => implode('', array_map('chr', range(0, 255)))], 'base64_encode');
show('bytes-2', 'interop_echo_bytes', ['value' => "\x00\xff"], 'base64_encode');
show('optional-omitted', 'interop_optional', ['a' => 'x']);
show('optional-nil', 'interop_optional', ['a' => 'x', 'b' => null, 'c' => null, 'd' => null, 'e' => null]);
// [docs:send]
show('optional-given', 'interop_optional', ['a' => 'x', 'b' => 1, 'c' => 'y', 'd' => 0, 'e' => ['long' => [3]]]);
// [docs:end]
show('list', 'interop_echo_numbers', ['values' => ['long' => [1, -2, 3]]], items('long'));
show('list-one', 'interop_echo_numbers', ['values' => ['long' => [1]]], items('long'));
show('list-texts', 'interop_echo_texts', ['values' => ['string' => ['a', '', 'b & c']]], items('string'));
show('list-empty', 'interop_echo_numbers', ['values' => ['long' => []]], items('long'));
show('struct', 'interop_echo_person', ['person' => $ada], 'person');
show('struct-absent', 'interop_echo_person', ['person' => $bob], 'person');
show('struct-default', 'interop_echo_person', ['person' => $cal], 'person');
show('structs', 'interop_echo_people', ['people' => ['InteropPerson' => [$ada, $bob]]], 'people');
$crowd = array_map('many', range(0, 499));
show('structs-500', 'interop_echo_people', ['people' => ['InteropPerson' => $crowd]], 'people');
show('void', 'interop_void', ['value' => 'x']);
show('null', 'interop_null');
show('fault-problems', 'interop_accounts', ['accounts' => ['InteropAccount' => [
    ['username' => 'Bad Name', 'email' => 'a@example.org'],
    ['username' => 'good', 'email' => 'nowhere'],
]]]);
show('fault-declared', 'interop_fault', ['text' => 'an hour & a <half>']);
show('fault-token', 'interop_echo_int', ['value' => 1], client: connect(token(getenv('GATEWAY_BAD_TOKEN'))));
show('password', 'interop_echo_int', ['value' => 1], client: $byPassword);
show('site-info', 'core_webservice_get_site_info', [], fn (object $info): array => [
    'functions' => $info->functions->CoreWebserviceSiteFunction,
] + (array) $info);
show('create-users', 'core_user_create_users', ['users' => ['CoreUserNewUser' => [[
    'username' => "$name.jane",
    'password' => 'Corr3ct-horse',
    'firstname' => 'Jane',
    'lastname' => 'Doe & Søn',
    'email' => "$name.jane@example.org",
    'city' => 'Perth',
]]]], items('CoreUserCreatedUser'));
show('get-users', 'core_user_get_users_by_field', [
    'field' => 'username',
    'values' => ['string' => ['user01', 'nobody']],
], items('CoreUserUserDetail'));
show('find-users', 'core_user_get_users', ['criteria' => ['CoreUserCriterion' => [
    ['key' => 'username', 'value' => 'user02'],
    ['key' => 'lastname', 'value' => 'lind%'],
]]], fn (object $found): array => ['users' => $found->users->CoreUserUserDetail]);
show('update-users', 'core_user_update_users', [
    'users' => ['CoreUserChangedUser' => [['id' => 21, 'city' => 'Perth']]],
]);
show('delete-users', 'core_user_delete_users', ['userids' => ['long' => [999999]]]);
