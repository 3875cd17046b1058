# Calls every case with what comes with Perl, as JSON.
use strict;
use warnings;
use utf8;
use MIME::Base64 qw(encode_base64);

# [docs:call]
use HTTP::Tiny;
use JSON::PP ();

my $http = HTTP::Tiny->new;
my $json = JSON::PP->new->utf8->canonical->allow_nonref;

# The result of a call, or nothing and the fault: exception, errorcode, message, cause, problems, request_id.
sub call {
    my ($authorization, $function, %arguments) = @_;
    my $answer = $http->post("$ENV{GATEWAY_URL}/rest/$function", {
        headers => {'Content-Type' => 'application/json', Authorization => $authorization},
        content => $json->encode(\%arguments),
    });
    my $found = $json->decode($answer->{content});
    return $answer->{success} ? ($found, undef) : (undef, $found);
}
# [docs:end]

# [docs:authenticate]
sub token { return "Bearer $_[0]"; }
sub password { my ($username, $password) = @_; return 'Basic ' . encode_base64("$username:$password", ''); }
# [docs:end]

my $bearer = token($ENV{GATEWAY_TOKEN});

sub show { my ($case, $function, @arguments) = @_; show_as($bearer, $case, $function, @arguments); }

sub show_as {
    my ($authorization, $case, $function, @arguments) = @_;
    my ($found, $fault) = call($authorization, $function, @arguments);
    print $json->encode({case => $case, $fault ? (fault => $fault) : (value => $found)}), "\n";
}

sub many {
    my ($number) = @_;
    return {
        id => $number,
        username => "user$number",
        email => "user$number\@example.org",
        active => $number % 2 ? JSON::PP::false : JSON::PP::true,
        courses => [{id => $number, name => "Course $number", tags => ['x', 'y']}],
    };
}

my $ada = {
    id => 1,
    username => 'ada',
    email => 'ada@example.org',
    active => JSON::PP::true,
    joined => '2026-03-01T12:00:00.123Z',
    courses => [
        {id => 1, name => 'Algebra & <Logic>', tags => ['a', 'b']},
        {id => 2, name => 'Rhetoric', tags => []},
    ],
};
my $bob = {username => 'bob', active => JSON::PP::false, courses => []};
my $cal = {username => 'cal', courses => []};

show('int', 'interop_echo_int', value => 9223372036854775807);
show('int-small', 'interop_echo_int', value => -5);
show('int-5', 'interop_echo_int', value => 5);
show('int-32-bits', 'interop_echo_int', value => -2147483648);
show('int-33-bits', 'interop_echo_int', value => 2147483648);
show('int-54-bits', 'interop_echo_int', value => 9007199254740993);
show('int32', 'interop_echo_int32', value => -2147483648);
show('double', 'interop_echo_double', value => 0.1);
show('double-1.5', 'interop_echo_double', value => 1.5);
show('double-minus-0', 'interop_echo_double', value => -0.0);
show('decimal', 'interop_echo_decimal', value => '12345678901234567890.12');
show('decimal-1.50', 'interop_echo_decimal', value => '1.50');
show('decimal-1E+3', 'interop_echo_decimal', value => '1000');
show('bool', 'interop_echo_bool', value => JSON::PP::true);
show('bool-false', 'interop_echo_bool', value => JSON::PP::false);
show('text', 'interop_echo_text', value => "é€<b>&amp;\"'`]]>\tend");
show('text-markup', 'interop_echo_text', value => 'a<b>&c');
show('text-emoji', 'interop_echo_text', value => 'a😀b');
show('text-crlf', 'interop_echo_text', value => "a\r\nb");
show('text-blanks', 'interop_echo_text', value => '  a  b  ');
show('text-empty', 'interop_echo_text', value => '');
show('text-illegal', 'interop_illegal_text');
show('instant', 'interop_echo_instant', value => '2026-03-01T12:00:00.123Z');
show('instant-whole', 'interop_echo_instant', value => '2026-03-01T12:00:00Z');
show('instant-zone', 'interop_echo_instant', value => '2026-03-01T14:00:00.123+02:00');
show('instant-no-zone', 'interop_echo_instant', value => '2026-03-01T12:00:00.123');
show('instant-micros', 'interop_echo_instant', value => '2026-03-01T12:00:00.123456Z');
show('day', 'interop_echo_day', value => '2026-03-01');
show('choice', 'interop_echo_level', value => 'high');
show('choice-low', 'interop_echo_level', value => 'low');
show('bytes', 'interop_echo_bytes', value => encode_base64(join('', map { chr } 0 .. 255), ''));
show('bytes-2', 'interop_echo_bytes', value => encode_base64("\x00\xff", ''));
show('optional-omitted', 'interop_optional', a => 'x');
show('optional-nil', 'interop_optional', a => 'x', map { $_ => undef } qw(b c d e));
show('optional-given', 'interop_optional', a => 'x', b => 1, c => 'y', d => 0, e => [3]);
show('list', 'interop_echo_numbers', values => [1, -2, 3]);
show('list-one', 'interop_echo_numbers', values => [1]);
show('list-texts', 'interop_echo_texts', values => ['a', '', 'b & c']);
show('list-empty', 'interop_echo_numbers', values => []);
show('struct', 'interop_echo_person', person => $ada);
show('struct-absent', 'interop_echo_person', person => $bob);
show('struct-default', 'interop_echo_person', person => $cal);
show('structs', 'interop_echo_people', people => [$ada, $bob]);
show('structs-500', 'interop_echo_people', people => [map { many($_) } 0 .. 499]);
show('void', 'interop_void', value => 'x');
show('null', 'interop_null');
show('fault-problems', 'interop_accounts', accounts => [
    {username => 'Bad Name', email => 'a@example.org'},
    {username => 'good', email => 'nowhere'},
]);
show('fault-declared', 'interop_fault', text => 'an hour & a <half>');
show_as(token($ENV{GATEWAY_BAD_TOKEN}), 'fault-token', 'interop_echo_int', value => 1);
show_as(password($ENV{GATEWAY_USER}, $ENV{GATEWAY_PASSWORD}), 'password', 'interop_echo_int', value => 1);
show('site-info', 'core_webservice_get_site_info');
my $username = "$ENV{GATEWAY_NAME}.jane";
show('create-users', 'core_user_create_users', users => [{
    username => $username,
    password => 'Corr3ct-horse',
    firstname => 'Jane',
    lastname => 'Doe & Søn',
    email => "$username\@example.org",
    city => 'Perth',
}]);
show('get-users', 'core_user_get_users_by_field', field => 'username', values => ['user01', 'nobody']);
show('find-users', 'core_user_get_users', criteria => [
    {key => 'username', value => 'user02'},
    {key => 'lastname', value => 'lind%'},
]);
show('update-users', 'core_user_update_users', users => [{id => 21, city => 'Perth'}]);
show('delete-users', 'core_user_delete_users', userids => [999999]);
