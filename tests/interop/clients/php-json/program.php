<?php
// Calls every case with PHP's own streams, as JSON.

declare(strict_types=1);

require __DIR__ . '/../_php/cases.php';

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

final class JsonForms extends Forms
{
    public function octets(string $octets): string
    {
        return base64_encode($octets);
    }
}

/** An instant there and back. */
function echoInstant(string $bearer, DateTimeImmutable $instant): string
{
    // [docs:dates]
    $text = $instant->format('Y-m-d\TH:i:s.uP');
    $found = new DateTimeImmutable(call($bearer, 'interop_echo_instant', ['value' => $text]));
    // [docs:end]
    return $found->format('Y-m-d\TH:i:s.uP');
}

$bearer = token(getenv('GATEWAY_TOKEN'));
$others = [
    'fault-token' => token(getenv('GATEWAY_BAD_TOKEN')),
    'password' => password(getenv('GATEWAY_USER'), getenv('GATEWAY_PASSWORD')),
];
/** A DateTimeImmutable has a zone; what has none goes as a text. */
$dates = ['instant', 'instant-whole', 'instant-zone', 'instant-micros'];

run(
    cases(new JsonForms()),
    function (string $case, string $function, array $arguments) use ($bearer, $others, $dates): array {
        if (in_array($case, $dates, true)) {
            return ['value' => echoInstant($bearer, new DateTimeImmutable($arguments['value']))];
        }
        try {
            return ['value' => call($others[$case] ?? $bearer, $function, $arguments)];
        } catch (Fault $fault) {
            return ['fault' => $fault->problem];
        }
    },
);
