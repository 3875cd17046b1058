<?php
// Calls every case with the functions of the extension xmlrpc, which leaves HTTP to its users.

declare(strict_types=1);

// [docs:call]
/** The result of a call by position, as PHP values. Throws a Fault. */
function call(string $authorization, string $function, array $arguments): mixed
{
    $body = xmlrpc_encode_request($function, $arguments, [
        'encoding' => 'UTF-8',
        'escaping' => ['markup'], // 'non-ascii' and 'non-print' would spoil UTF-8
        'verbosity' => 'no_white_space',
    ]);
    $answer = file_get_contents(getenv('GATEWAY_URL') . '/xmlrpc', false, stream_context_create(['http' => [
        'method' => 'POST',
        'header' => ['Content-Type: text/xml', "Authorization: $authorization"],
        'content' => $body,
    ]]));
    $found = xmlrpc_decode($answer, 'UTF-8');
    if (is_array($found) && xmlrpc_is_fault($found)) {
        throw new Fault($found['faultString']);
    }
    return $found;
}
// [docs:end]

// [docs:fault]
/** The parts of a faultString: the message, then labelled parts, those that are empty left out. */
final class Fault extends Exception
{
    public array $parts = [];

    public function __construct(string $faultString)
    {
        $parts = explode(' | ', $faultString);
        parent::__construct(array_shift($parts));
        foreach ($parts as $part) {
            [$label, $text] = explode(': ', $part, 2);
            $this->parts[$label] = $text;
        }
    }
}
// [docs:end]

// [docs:password]
function password(string $username, string $password): string
{
    return 'Basic ' . base64_encode("$username:$password");
}
// [docs:end]

// [docs:types]
/** An instant, in any of the forms of ISO 8601. */
function instant(string $text): object
{
    xmlrpc_set_type($text, 'datetime');
    return $text;
}

function octets(string $octets): object
{
    xmlrpc_set_type($octets, 'base64');
    return $octets;
}
// [docs:end]

/** A value as JSON. Instants are UTC. */
function plain(mixed $value): mixed
{
    if (is_array($value)) {
        return array_map('plain', $value);
    }
    if (!is_object($value)) {
        return $value;
    }
    return $value->xmlrpc_type === 'base64' ? base64_encode($value->scalar) : gmdate('c', $value->timestamp);
}

function show(string $case, string $function, array $arguments = [], ?string $authorization = null): void
{
    global $bearer;
    try {
        $line = ['value' => plain(call($authorization ?? $bearer, $function, $arguments))];
    } catch (Fault $fault) {
        $line = ['fault' => [
            'message' => $fault->getMessage(),
            'exception' => $fault->parts['EXCEPTION'],
            'errorcode' => $fault->parts['ERRORCODE'],
            'cause' => $fault->parts['DEBUG INFO'] ?? null,
            'problems' => json_decode($fault->parts['PROBLEMS'] ?? '[]'),
            'request_id' => $fault->parts['REQUEST'],
        ]];
    }
    printLine($case, $line);
}

function printLine(string $case, array $line): void
{
    echo json_encode(['case' => $case] + $line, JSON_THROW_ON_ERROR | JSON_PRESERVE_ZERO_FRACTION), "\n";
}

function many(int $number): array
{
    return [
        'id' => $number,
        'username' => "user$number",
        'email' => "user$number@example.org",
        'active' => $number % 2 === 0,
        'courses' => [['id' => $number, 'name' => "Course $number", 'tags' => ['x', 'y']]],
    ];
}

$ada = [
    'id' => 1,
    'username' => 'ada',
    'email' => 'ada@example.org',
    'active' => true,
    'joined' => instant('2026-03-01T12:00:00.123Z'),
    'courses' => [
        ['id' => 1, 'name' => 'Algebra & <Logic>', 'tags' => ['a', 'b']],
        ['id' => 2, 'name' => 'Rhetoric', 'tags' => []],
    ],
];
$bob = ['username' => 'bob', 'active' => false, 'courses' => []];
$cal = ['username' => 'cal', 'courses' => []];
$bearer = 'Bearer ' . getenv('GATEWAY_TOKEN');

show('int', 'interop_echo_int', [PHP_INT_MAX]);
show('int-small', 'interop_echo_int', [-5]);
show('int-5', 'interop_echo_int', [5]);
show('int-32-bits', 'interop_echo_int', [-2147483648]);
show('int-33-bits', 'interop_echo_int', [2147483648]);
show('int-54-bits', 'interop_echo_int', [9007199254740993]);
show('int32', 'interop_echo_int32', [-2147483648]);
show('double', 'interop_echo_double', [0.1]);
show('double-1.5', 'interop_echo_double', [1.5]);
show('double-minus-0', 'interop_echo_double', [-0.0]);
show('decimal', 'interop_echo_decimal', ['12345678901234567890.12']);
show('decimal-1.50', 'interop_echo_decimal', ['1.50']);
show('decimal-1E+3', 'interop_echo_decimal', ['1000']);
show('bool', 'interop_echo_bool', [true]);
show('bool-false', 'interop_echo_bool', [false]);
show('text', 'interop_echo_text', ["é€<b>&amp;\"'`]]>\tend"]);
show('text-markup', 'interop_echo_text', ['a<b>&c']);
show('text-emoji', 'interop_echo_text', ['a😀b']);
show('text-crlf', 'interop_echo_text', ["a\r\nb"]);
show('text-blanks', 'interop_echo_text', ['  a  b  ']);
show('text-empty', 'interop_echo_text', ['']);
show('text-illegal', 'interop_illegal_text');
show('instant', 'interop_echo_instant', [instant('2026-03-01T12:00:00.123Z')]);
show('instant-whole', 'interop_echo_instant', [instant('20260301T12:00:00Z')]);
show('instant-zone', 'interop_echo_instant', [instant('2026-03-01T14:00:00.123+02:00')]);
show('instant-no-zone', 'interop_echo_instant', [instant('20260301T12:00:00')]);
show('instant-micros', 'interop_echo_instant', [instant('2026-03-01T12:00:00.123456Z')]);
show('day', 'interop_echo_day', ['2026-03-01']);
show('choice', 'interop_echo_level', ['high']);
show('choice-low', 'interop_echo_level', ['low']);
show('bytes', 'interop_echo_bytes', [octets(implode('', array_map('chr', range(0, 255))))]);
show('bytes-2', 'interop_echo_bytes', [octets("\x00\xff")]);
show('optional-omitted', 'interop_optional', ['x']);
printLine('optional-nil', ['cannot' => 'null is written as an empty text']);
show('optional-given', 'interop_optional', [['a' => 'x', 'b' => 1, 'c' => 'y', 'd' => 0, 'e' => [3]]]);
show('list', 'interop_echo_numbers', [[1, -2, 3]]);
show('list-one', 'interop_echo_numbers', [[1]]);
show('list-texts', 'interop_echo_texts', [['a', '', 'b & c']]);
show('list-empty', 'interop_echo_numbers', [[]]);
show('struct', 'interop_echo_person', [$ada]);
show('struct-absent', 'interop_echo_person', [$bob]);
show('struct-default', 'interop_echo_person', [$cal]);
show('structs', 'interop_echo_people', [[$ada, $bob]]);
show('structs-500', 'interop_echo_people', [array_map('many', range(0, 499))]);
show('void', 'interop_void', ['x']);
show('null', 'interop_null');
show('fault-problems', 'interop_accounts', [[
    ['username' => 'Bad Name', 'email' => 'a@example.org'],
    ['username' => 'good', 'email' => 'nowhere'],
]]);
show('fault-declared', 'interop_fault', ['an hour & a <half>']);
show('fault-token', 'interop_echo_int', [1], 'Bearer ' . getenv('GATEWAY_BAD_TOKEN'));
show('password', 'interop_echo_int', [1], password(getenv('GATEWAY_USER'), getenv('GATEWAY_PASSWORD')));
show('site-info', 'core_webservice_get_site_info');
$username = getenv('GATEWAY_NAME') . '.jane';
show('create-users', 'core_user_create_users', [[[
    'username' => $username,
    'password' => 'Corr3ct-horse',
    'firstname' => 'Jane',
    'lastname' => 'Doe & Søn',
    'email' => "$username@example.org",
    'city' => 'Perth',
]]]);
show('get-users', 'core_user_get_users_by_field', ['username', ['user01', 'nobody']]);
show('find-users', 'core_user_get_users', [[
    ['key' => 'username', 'value' => 'user02'],
    ['key' => 'lastname', 'value' => 'lind%'],
]]);
show('update-users', 'core_user_update_users', [[['id' => 21, 'city' => 'Perth']]]);
show('delete-users', 'core_user_delete_users', [[999999]]);
show('methods', 'system.listMethods');
show('method-signature', 'system.methodSignature', ['interop_optional']);
show('multicall', 'system.multicall', [[
    ['methodName' => 'interop_echo_int', 'params' => [5]],
    ['methodName' => 'interop_echo_text', 'params' => ['tea']],
]]);
