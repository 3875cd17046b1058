<?php
// Calls every case with PHP's SoapClient.

declare(strict_types=1);

require __DIR__ . '/../_php/cases.php';

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

// [docs:lists]
/** The items of a list: they stand in a member named like their type. */
function items(string $item): callable
{
    return fn (?object $list): array => $list->$item ?? [];
}
// [docs:end]

// [docs:send]
/** A list in the arguments: ['e' => listOf('long', [3])]. */
function listOf(string $type, array $items): array
{
    return [$type => $items];
}
// [docs:end]

final class SoapForms extends Forms
{
    public function list(string $type, array $items): array
    {
        return listOf($type, $items);
    }
}

function person(object $person): array
{
    $courses = array_map(
        fn (object $course): array => ['tags' => items('string')($course->tags)] + (array) $course,
        items('InteropCourse')($person->courses),
    );
    return ['courses' => $courses] + (array) $person;
}

function people(object $people): array
{
    return array_map('person', items('InteropPerson')($people));
}

/** Results that JSON has in another form. */
$readers = [
    'bytes' => 'base64_encode',
    'bytes-2' => 'base64_encode',
    'list' => items('long'),
    'list-one' => items('long'),
    'list-texts' => items('string'),
    'list-empty' => items('long'),
    'struct' => 'person',
    'struct-absent' => 'person',
    'struct-default' => 'person',
    'structs' => 'people',
    'structs-500' => 'people',
    'site-info' => fn (object $info): array => [
        'functions' => items('CoreWebserviceSiteFunction')($info->functions),
    ] + (array) $info,
    'create-users' => items('CoreUserCreatedUser'),
    'get-users' => items('CoreUserUserDetail'),
    'find-users' => fn (object $found): array => ['users' => items('CoreUserUserDetail')($found->users)],
];
$gateway = connect(token(getenv('GATEWAY_TOKEN')));
$others = [
    'fault-token' => connect(token(getenv('GATEWAY_BAD_TOKEN'))),
    'password' => connect(password(getenv('GATEWAY_USER'), getenv('GATEWAY_PASSWORD'))),
];

run(
    cases(new SoapForms()),
    function (string $case, string $function, array $arguments) use ($gateway, $others, $readers): array {
        $client = $others[$case] ?? $gateway;
        $read = $readers[$case] ?? fn (mixed $found): mixed => $found;
        // [docs:catch]
        try {
            return ['value' => $read(call($client, $function, $arguments))];
        } catch (SoapFault $fault) {
            return isset($fault->detail) ? ['fault' => fault($fault)] : ['cannot' => $fault->getMessage()];
        }
        // [docs:end]
    },
);
