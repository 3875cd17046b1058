<?php
// What the programs of PHP's share: the cases (tests/interop/cases.py), and how lines are printed.

declare(strict_types=1);

/** How values are written, unless a program has a form of its own: as they are. */
class Forms
{
    /** An instant, which comes as a text in one of the forms of ISO 8601. */
    public function instant(string $text): mixed
    {
        return $text;
    }

    public function octets(string $octets): mixed
    {
        return $octets;
    }

    /** A list; its items' type by the name that it has in the WSDL. */
    public function list(string $type, array $items): array
    {
        return $items;
    }
}

function course(Forms $forms, int $id, string $name, string ...$tags): array
{
    return ['id' => $id, 'name' => $name, 'tags' => $forms->list('string', $tags)];
}

/** Ada, Bob and Cal. */
function persons(Forms $forms): array
{
    $none = $forms->list('InteropCourse', []);
    $courses = [course($forms, 1, 'Algebra & <Logic>', 'a', 'b'), course($forms, 2, 'Rhetoric')];
    $ada = [
        'id' => 1,
        'username' => 'ada',
        'email' => 'ada@example.org',
        'active' => true,
        'joined' => $forms->instant('2026-03-01T12:00:00.123Z'),
        'courses' => $forms->list('InteropCourse', $courses),
    ];
    $bob = ['username' => 'bob', 'active' => false, 'courses' => $none];
    $cal = ['username' => 'cal', 'courses' => $none];
    return [$ada, $bob, $cal];
}

function crowd(Forms $forms): array
{
    return array_map(fn (int $number): array => [
        'id' => $number,
        'username' => "user$number",
        'email' => "user$number@example.org",
        'active' => $number % 2 === 0,
        'courses' => $forms->list('InteropCourse', [course($forms, $number, "Course $number", 'x', 'y')]),
    ], range(0, 499));
}

function jane(): array
{
    $name = getenv('GATEWAY_NAME') . '.jane';
    return [
        'username' => $name,
        'password' => 'Corr3ct-horse',
        'firstname' => 'Jane',
        'lastname' => 'Doe & Søn',
        'email' => "$name@example.org",
        'city' => 'Perth',
    ];
}

/** Function and named arguments of each case. */
function cases(Forms $forms): array
{
    [$ada, $bob, $cal] = persons($forms);
    $echo = fn (string $type, mixed $value): array => ["interop_echo_$type", ['value' => $value]];
    $instant = fn (string $text): array => $echo('instant', $forms->instant($text));
    $octets = fn (string $octets): array => $echo('bytes', $forms->octets($octets));
    $numbers = fn (int ...$items): array => ['interop_echo_numbers', ['values' => $forms->list('long', $items)]];
    $person = fn (array $each): array => ['interop_echo_person', ['person' => $each]];
    $people = fn (array $all): array => ['interop_echo_people', ['people' => $forms->list('InteropPerson', $all)]];
    $bad = [
        ['username' => 'Bad Name', 'email' => 'a@example.org'],
        ['username' => 'good', 'email' => 'nowhere'],
    ];
    $criteria = [['key' => 'username', 'value' => 'user02'], ['key' => 'lastname', 'value' => 'lind%']];
    $wanted = $forms->list('string', ['user01', 'nobody']);
    $moved = [['id' => 21, 'city' => 'Perth']];
    return [
        'int' => $echo('int', PHP_INT_MAX),
        'int-small' => $echo('int', -5),
        'int-5' => $echo('int', 5),
        'int-32-bits' => $echo('int', -2147483648),
        'int-33-bits' => $echo('int', 2147483648),
        'int-54-bits' => $echo('int', 9007199254740993),
        'int32' => $echo('int32', -2147483648),
        'double' => $echo('double', 0.1),
        'double-1.5' => $echo('double', 1.5),
        'double-minus-0' => $echo('double', -0.0),
        'decimal' => $echo('decimal', '12345678901234567890.12'),
        'decimal-1.50' => $echo('decimal', '1.50'),
        'decimal-1E+3' => $echo('decimal', '1000'),
        'bool' => $echo('bool', true),
        'bool-false' => $echo('bool', false),
        'text' => $echo('text', "é€<b>&amp;\"'`]]>\tend"),
        'text-markup' => $echo('text', 'a<b>&c'),
        'text-emoji' => $echo('text', 'a😀b'),
        'text-crlf' => $echo('text', "a\r\nb"),
        'text-blanks' => $echo('text', '  a  b  '),
        'text-empty' => $echo('text', ''),
        'text-illegal' => ['interop_illegal_text', []],
        'instant' => $instant('2026-03-01T12:00:00.123Z'),
        'instant-whole' => $instant('2026-03-01T12:00:00Z'),
        'instant-zone' => $instant('2026-03-01T14:00:00.123+02:00'),
        'instant-no-zone' => $instant('2026-03-01T12:00:00.123'),
        'instant-micros' => $instant('2026-03-01T12:00:00.123456Z'),
        'day' => $echo('day', '2026-03-01'),
        'choice' => $echo('level', 'high'),
        'choice-low' => $echo('level', 'low'),
        'bytes' => $octets(implode('', array_map('chr', range(0, 255)))),
        'bytes-2' => $octets("\x00\xff"),
        'optional-omitted' => ['interop_optional', ['a' => 'x']],
        'optional-nil' => ['interop_optional', ['a' => 'x', 'b' => null, 'c' => null, 'd' => null, 'e' => null]],
        'optional-given' => [
            'interop_optional',
            ['a' => 'x', 'b' => 1, 'c' => 'y', 'd' => 0, 'e' => $forms->list('long', [3])],
        ],
        'list' => $numbers(1, -2, 3),
        'list-one' => $numbers(1),
        'list-texts' => ['interop_echo_texts', ['values' => $forms->list('string', ['a', '', 'b & c'])]],
        'list-empty' => $numbers(),
        'struct' => $person($ada),
        'struct-absent' => $person($bob),
        'struct-default' => $person($cal),
        'structs' => $people([$ada, $bob]),
        'structs-500' => $people(crowd($forms)),
        'void' => ['interop_void', ['value' => 'x']],
        'null' => ['interop_null', []],
        'fault-problems' => ['interop_accounts', ['accounts' => $forms->list('InteropAccount', $bad)]],
        'fault-declared' => ['interop_fault', ['text' => 'an hour & a <half>']],
        'fault-token' => $echo('int', 1),
        'password' => $echo('int', 1),
        'site-info' => ['core_webservice_get_site_info', []],
        'create-users' => ['core_user_create_users', ['users' => $forms->list('CoreUserNewUser', [jane()])]],
        'get-users' => ['core_user_get_users_by_field', ['field' => 'username', 'values' => $wanted]],
        'find-users' => ['core_user_get_users', ['criteria' => $forms->list('CoreUserCriterion', $criteria)]],
        'update-users' => ['core_user_update_users', ['users' => $forms->list('CoreUserChangedUser', $moved)]],
        'delete-users' => ['core_user_delete_users', ['userids' => $forms->list('long', [999999])]],
    ];
}

/** Print what comes of each case: the value, the fault or the reason that `outcome` returns under that name. */
function run(array $cases, callable $outcome): void
{
    foreach ($cases as $case => [$function, $arguments]) {
        $line = ['case' => $case] + $outcome($case, $function, $arguments);
        echo json_encode($line, JSON_THROW_ON_ERROR | JSON_PRESERVE_ZERO_FRACTION), "\n";
    }
}
