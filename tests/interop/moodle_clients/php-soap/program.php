<?php
// The steps of tests/interop/moodle.py with PHP's SoapClient, as scripts for Moodle use it.

declare(strict_types=1);

$url = getenv('GATEWAY_URL');
$user = getenv('GATEWAY_USER');
$password = getenv('GATEWAY_PASSWORD');
$name = getenv('GATEWAY_NAME') . '.jane';
$mode = getenv('MODE');

function token(string $password): array
{
    global $url, $user;
    $query = ['username' => $user, 'password' => $password, 'service' => getenv('GATEWAY_SERVICE')];
    return json_decode(file_get_contents("$url/login/token.php?" . http_build_query($query)), true);
}

function connect(string $token, string $mode): SoapClient
{
    global $url, $user, $password;
    $soap = "$url/webservice/soap";
    $options = ['soap_version' => getenv('GATEWAY_SOAP') === '12' ? SOAP_1_2 : SOAP_1_1];
    if ($mode === 'plain') {
        return new SoapClient(null, ['location' => "$soap/server.php?wstoken=$token", 'uri' => $soap] + $options);
    }
    $script = $mode === 'path' ? "simpleserver.php/$user/$password?" : "server.php?wstoken=$token&";
    return new SoapClient("$soap/{$script}wsdl=1", ['cache_wsdl' => WSDL_CACHE_NONE] + $options);
}

function fault(SoapFault $fault): array
{
    $seen = ['message' => $fault->faultstring];
    if (isset($fault->faultactor)) {
        $seen += ['errorcode' => $fault->faultactor];
    } elseif (preg_match('/ \| ERRORCODE: (\w+)$/', $fault->faultstring, $found)) {
        $seen += ['errorcode' => $found[1]];
    }
    return isset($fault->detail) ? $seen + ['debuginfo' => $fault->detail] : $seen;
}

function show(string $step, callable $call): void
{
    try {
        $line = ['value' => $call()];
    } catch (SoapFault $fault) {
        $line = ['fault' => fault($fault)];
    }
    echo json_encode(['step' => $step] + $line, JSON_THROW_ON_ERROR), "\n";
}

function find(): array
{
    global $moodle, $name;
    return $moodle->core_user_get_users([['key' => 'username', 'value' => $name]])['users'][0];
}

$token = token($password)['token'];
$moodle = connect($token, $mode);
$person = [
    'username' => $name,
    'password' => $password,
    'firstname' => 'Jane',
    'lastname' => "O'Neil é",
    'email' => "$name@example.org",
];

show('token', fn () => $token);
echo json_encode(['step' => 'token-wrong', 'fault' => token('wrong')]), "\n";
show('site-info', function () use ($moodle) {
    $info = $moodle->core_webservice_get_site_info();
    return [$info['username'], in_array('core_user_get_users', array_column($info['functions'], 'name'), true)];
});
show('create', fn () => array_column($moodle->core_user_create_users([$person]), 'username'));
show('read', function () use ($moodle, $name) {
    [$user] = $moodle->core_user_get_users_by_field('username', [$name]);
    return [$user['username'], $user['firstname'], $user['lastname'], $user['email']];
});
$id = find()['id'];
show('search', fn () => [find()['fullname'], (int) find()['confirmed']]);
show('update', fn () => $moodle->core_user_update_users([['id' => $id, 'lastname' => 'Roe', 'city' => 'Perth']]));
show('read-again', fn () => [find()['firstname'], find()['lastname'], find()['city']]);
show('delete', fn () => $moodle->core_user_delete_users([$id]));
show('gone', fn () => $moodle->core_user_get_users_by_field('username', [$name]));
show('fault-token', fn () => connect(str_repeat('0', 32), 'plain')->core_webservice_get_site_info());
show('fault-function', fn () => $moodle->core_no_such_function());
show('fault-access', fn () => $moodle->test_outside());
show('fault-parameter', fn () => $moodle->core_user_create_users([['email' => 'none'] + $person]));
show('fault-capability', fn () => connect(getenv('GATEWAY_WEAK_TOKEN'), 'plain')->core_user_delete_users([1]));
show('fault-of-the-function', fn () => $moodle->core_user_delete_users([$id]));
