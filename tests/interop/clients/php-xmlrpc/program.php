<?php
// Calls every case with the functions of the extension xmlrpc, which leaves HTTP to its users.

declare(strict_types=1);

require __DIR__ . '/../_php/cases.php';

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

final class XmlrpcForms extends Forms
{
    public function instant(string $text): object
    {
        return instant($text);
    }

    public function octets(string $octets): object
    {
        return octets($octets);
    }
}

function readFault(Fault $fault): array
{
    return [
        'message' => $fault->getMessage(),
        'exception' => $fault->parts['EXCEPTION'],
        'errorcode' => $fault->parts['ERRORCODE'],
        'cause' => $fault->parts['DEBUG INFO'] ?? null,
        'problems' => json_decode($fault->parts['PROBLEMS'] ?? '[]'),
        'request_id' => $fault->parts['REQUEST'],
    ];
}

/** Cases that go another way in XML-RPC, and those that only it has. */
$own = [
    'instant-whole' => ['interop_echo_instant', [instant('20260301T12:00:00Z')]],
    'instant-no-zone' => ['interop_echo_instant', [instant('20260301T12:00:00')]],
    'optional-given' => ['interop_optional', [['a' => 'x', 'b' => 1, 'c' => 'y', 'd' => 0, 'e' => [3]]]],
    'methods' => ['system.listMethods', []],
    'method-signature' => ['system.methodSignature', ['interop_optional']],
    'multicall' => ['system.multicall', [[
        ['methodName' => 'interop_echo_int', 'params' => [5]],
        ['methodName' => 'interop_echo_text', 'params' => ['tea']],
    ]]],
];
$bearer = 'Bearer ' . getenv('GATEWAY_TOKEN');
$others = [
    'fault-token' => 'Bearer ' . getenv('GATEWAY_BAD_TOKEN'),
    'password' => password(getenv('GATEWAY_USER'), getenv('GATEWAY_PASSWORD')),
];

run(
    $own + cases(new XmlrpcForms()),
    function (string $case, string $function, array $arguments) use ($bearer, $others): array {
        if ($case === 'optional-nil') {
            return ['cannot' => 'null is written as an empty text'];
        }
        try {
            return ['value' => plain(call($others[$case] ?? $bearer, $function, array_values($arguments)))];
        } catch (Fault $fault) {
            return ['fault' => readFault($fault)];
        }
    },
);
