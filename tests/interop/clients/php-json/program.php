<?php
// Calls every case with PHP's own streams, as JSON.

declare(strict_types=1);

// [docs:call]
/** What a fault says: exception, errorcode, message, cause, problems, request_id. */
final class Fault extends Exception
{
    public function __construct(public readonly array $problem)
    {
        parent::__construct($problem['message']);
    }
}

/** The result of a call; structures are arrays by name. Throws a Fault. */
function call(string $authorization, string $function, array $arguments): mixed
{
    $answer = file_get_contents(getenv('GATEWAY_URL') . "/rest/$function", false, stream_context_create(['http' => [
        'method' => 'POST',
        'header' => ['Content-Type: application/json', "Authorization: $authorization"],
        'content' => json_encode((object) $arguments, JSON_THROW_ON_ERROR | JSON_PRESERVE_ZERO_FRACTION),
        'ignore_errors' => true, // or the body of a fault is thrown away
    ]]));
    $found = json_decode($answer, true, flags: JSON_THROW_ON_ERROR);
    if (!str_contains($http_response_header[0], ' 200 ')) {
        throw new Fault($found);
    }
    return $found;
}
// [docs:end]

// [docs:authenticate]
function token(string $token): string
{
    return "Bearer $token";
}

function password(string $username, string $password): string
{
    return 'Basic ' . base64_encode("$username:$password");
}
// [docs:end]

function show(string $case, string $function, array $arguments = [], ?string $authorization = null): void
{
    global $bearer;
    try {
        $line = ['value' => call($authorization ?? $bearer, $function, $arguments)];
    } catch (Fault $fault) {
        $line = ['fault' => $fault->problem];
    }
    echo json_encode(['case' => $case] + $line, JSON_THROW_ON_ERROR | JSON_PRESERVE_ZERO_FRACTION), "\n";
}

/** An instant there and back. */
function showInstant(string $case, DateTimeImmutable $instant): void
{
    global $bearer;
    // [docs:dates]
    $text = $instant->format('Y-m-d\TH:i:s.uP');
    $found = new DateTimeImmutable(call($bearer, 'interop_echo_instant', ['value' => $text]));
    // [docs:end]
    echo json_encode(['case' => $case, 'value' => $found->format('Y-m-d\TH:i:s.uP')]), "\n";
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

$bearer = token(getenv('GATEWAY_TOKEN'));
$ada = [
    'id' => 1,
    'username' => 'ada',
    'email' => 'ada@example.org',
    'active' => true,
    'joined' => '2026-03-01T12:00:00.123Z',
    'courses' => [
        ['id' => 1, 'name' => 'Algebra & <Logic>', 'tags' => ['a', 'b']],
        ['id' => 2, 'name' => 'Rhetoric', 'tags' => []],
    ],
];
$bob = ['username' => 'bob', 'active' => false, 'courses' => []];
$cal = ['username' => 'cal', 'courses' => []];

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
showInstant('instant', new DateTimeImmutable('2026-03-01T12:00:00.123Z'));
showInstant('instant-whole', new DateTimeImmutable('2026-03-01T12:00:00Z'));
showInstant('instant-zone', new DateTimeImmutable('2026-03-01T14:00:00.123+02:00'));
show('instant-no-zone', 'interop_echo_instant', ['value' => '2026-03-01T12:00:00.123']);
showInstant('instant-micros', new DateTimeImmutable('2026-03-01T12:00:00.123456Z'));
show('day', 'interop_echo_day', ['value' => '2026-03-01']);
show('choice', 'interop_echo_level', ['value' => 'high']);
show('choice-low', 'interop_echo_level', ['value' => 'low']);
show('bytes', 'interop_echo_bytes', ['value' => base64_encode(implode('', array_map('chr', range(0, 255))))]);
show('bytes-2', 'interop_echo_bytes', ['value' => base64_encode("\x00\xff")]);
show('optional-omitted', 'interop_optional', ['a' => 'x']);
show('optional-nil', 'interop_optional', ['a' => 'x', 'b' => null, 'c' => null, 'd' => null, 'e' => null]);
show('optional-given', 'interop_optional', ['a' => 'x', 'b' => 1, 'c' => 'y', 'd' => 0, 'e' => [3]]);
show('list', 'interop_echo_numbers', ['values' => [1, -2, 3]]);
show('list-one', 'interop_echo_numbers', ['values' => [1]]);
show('list-texts', 'interop_echo_texts', ['values' => ['a', '', 'b & c']]);
show('list-empty', 'interop_echo_numbers', ['values' => []]);
show('struct', 'interop_echo_person', ['person' => $ada]);
show('struct-absent', 'interop_echo_person', ['person' => $bob]);
show('struct-default', 'interop_echo_person', ['person' => $cal]);
show('structs', 'interop_echo_people', ['people' => [$ada, $bob]]);
show('structs-500', 'interop_echo_people', ['people' => array_map('many', range(0, 499))]);
show('void', 'interop_void', ['value' => 'x']);
show('null', 'interop_null');
show('fault-problems', 'interop_accounts', ['accounts' => [
    ['username' => 'Bad Name', 'email' => 'a@example.org'],
    ['username' => 'good', 'email' => 'nowhere'],
]]);
show('fault-declared', 'interop_fault', ['text' => 'an hour & a <half>']);
show('fault-token', 'interop_echo_int', ['value' => 1], token(getenv('GATEWAY_BAD_TOKEN')));
$login = password(getenv('GATEWAY_USER'), getenv('GATEWAY_PASSWORD'));
show('password', 'interop_echo_int', ['value' => 1], $login);
show('site-info', 'core_webservice_get_site_info');
$username = getenv('GATEWAY_NAME') . '.jane';
show('create-users', 'core_user_create_users', ['users' => [[
    'username' => $username,
    'password' => 'Corr3ct-horse',
    'firstname' => 'Jane',
    'lastname' => 'Doe & Søn',
    'email' => "$username@example.org",
    'city' => 'Perth',
]]]);
show('get-users', 'core_user_get_users_by_field', ['field' => 'username', 'values' => ['user01', 'nobody']]);
show('find-users', 'core_user_get_users', ['criteria' => [
    ['key' => 'username', 'value' => 'user02'],
    ['key' => 'lastname', 'value' => 'lind%'],
]]);
show('update-users', 'core_user_update_users', ['users' => [['id' => 21, 'city' => 'Perth']]]);
show('delete-users', 'core_user_delete_users', ['userids' => [999999]]);
