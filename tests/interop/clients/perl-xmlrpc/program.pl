# Calls every case with RPC::XML. Values are typed by hand: left alone, it guesses types by what a value looks like.
use strict;
use warnings;
use utf8;
use JSON::PP ();
use MIME::Base64 qw(encode_base64);

# [docs:connect]
use RPC::XML;
use RPC::XML::Client;

$RPC::XML::ENCODING = 'utf-8';  # it is us-ascii
$RPC::XML::ALLOW_NIL = 1;

sub connect_with {
    my ($token) = @_;
    my $client = RPC::XML::Client->new("$ENV{GATEWAY_URL}/xmlrpc");
    $client->request->header(Authorization => "Bearer $token");
    return $client;
}
# [docs:end]

# [docs:password]
sub connect_with_password {
    my ($username, $password) = @_;
    my $client = RPC::XML::Client->new("$ENV{GATEWAY_URL}/xmlrpc");
    $client->request->authorization_basic($username, $password);
    return $client;
}
# [docs:end]

# [docs:fault]
# The parts of a faultString: the message, then labelled parts, those that are empty left out.
sub read_fault {
    my ($message, @parts) = split / \| /, $_[0]->string;
    my %part = map { split /: /, $_, 2 } @parts;
    return {
        message => $message,
        exception => $part{EXCEPTION},
        errorcode => $part{ERRORCODE},
        cause => $part{'DEBUG INFO'},
        problems => JSON::PP::decode_json($part{PROBLEMS} // '[]'),
        request_id => $part{REQUEST},
    };
}
# [docs:end]

my $json = JSON::PP->new->ascii->canonical->allow_nonref;
my $gateway = connect_with($ENV{GATEWAY_TOKEN});
my $stranger = connect_with($ENV{GATEWAY_BAD_TOKEN});
my $by_password = connect_with_password($ENV{GATEWAY_USER}, $ENV{GATEWAY_PASSWORD});

sub text { return RPC::XML::string->new($_[0]); }
sub texts { return RPC::XML::array->new(map { text($_) } @_); }
sub int { return RPC::XML::i4->new($_[0]); }
sub long { return RPC::XML::i8->new($_[0]); }
sub boolean { return RPC::XML::boolean->new($_[0]); }
sub double { return RPC::XML::double->new($_[0]); }
sub instant { return RPC::XML::datetime_iso8601->new($_[0]) // die $RPC::XML::ERROR; }
sub nil { return RPC::XML::nil->new; }
sub list { return RPC::XML::array->new(@_); }
sub struct { return RPC::XML::struct->new(@_); }

# A value as JSON. Perl's numbers are texts as well: each is printed as what its element says.
sub plain {
    my ($found) = @_;
    return [map { plain($_) } @$found] if $found->isa('RPC::XML::array');
    return {map { $_ => plain($found->{$_}) } keys %$found} if $found->isa('RPC::XML::struct');
    my $value = $found->value;
    return $value ? JSON::PP::true : JSON::PP::false if $found->isa('RPC::XML::boolean');
    return encode_base64($value, '') if $found->isa('RPC::XML::base64');
    return $value =~ /^-0(\.0*)?$/ ? '-0' : $value + 0 if $found->isa('RPC::XML::double');
    return $value + 0 if $found->isa('RPC::XML::int') || $found->isa('RPC::XML::i8');
    return moment($value) if $found->isa('RPC::XML::datetime_iso8601');
    return $value;
}

# Instants are UTC: 20260301T12:00:00.
sub moment { my ($text) = @_; $text =~ s/^(\d{4})(\d\d)(\d\d)T/$1-$2-$3T/; return "${text}Z"; }

sub show {
    my ($case, $function, $arguments, $client) = @_;
    my $found = ($client // $gateway)->send_request($function, @{$arguments // []});
    die $found unless ref $found;
    my %line = $found->is_fault ? (fault => read_fault($found)) : (value => plain($found));
    print $json->encode({case => $case, %line}), "\n";
}

sub new_course {
    my ($id, $name, @tags) = @_;
    return struct(id => &int($id), name => text($name), tags => texts(@tags));
}

sub many {
    my ($number) = @_;
    return struct(
        id => long($number),
        username => text("user$number"),
        email => text("user$number\@example.org"),
        active => boolean($number % 2 ? 'false' : 'true'),
        courses => list(new_course($number, "Course $number", 'x', 'y')),
    );
}

my $ada = struct(
    id => long(1),
    username => text('ada'),
    email => text('ada@example.org'),
    active => boolean('true'),
    joined => instant('20260301T12:00:00Z'),
    courses => list(new_course(1, 'Algebra & <Logic>', 'a', 'b'), new_course(2, 'Rhetoric')),
);
my $bob = struct(username => text('bob'), active => boolean('false'), courses => list());
my $cal = struct(username => text('cal'), courses => list());

sub account { my ($username, $email) = @_; return struct(username => text($username), email => text($email)); }

show('int', 'interop_echo_int', [long('9223372036854775807')]);
show('int-small', 'interop_echo_int', [long(-5)]);
show('int-5', 'interop_echo_int', [long(5)]);
show('int-32-bits', 'interop_echo_int', [long(-2147483648)]);
show('int-33-bits', 'interop_echo_int', [long(2147483648)]);
show('int-54-bits', 'interop_echo_int', [long(9007199254740993)]);
show('int32', 'interop_echo_int32', [&int(-2147483648)]);
show('double', 'interop_echo_double', [double(0.1)]);
show('double-1.5', 'interop_echo_double', [double(1.5)]);
show('double-minus-0', 'interop_echo_double', [double('-0.0')]);
show('decimal', 'interop_echo_decimal', [text('12345678901234567890.12')]);
show('decimal-1.50', 'interop_echo_decimal', [text('1.50')]);
show('decimal-1E+3', 'interop_echo_decimal', [text('1000')]);
show('bool', 'interop_echo_bool', [boolean('true')]);
show('bool-false', 'interop_echo_bool', [boolean('false')]);
show('text', 'interop_echo_text', [text("é€<b>&amp;\"'`]]>\tend")]);
show('text-markup', 'interop_echo_text', [text('a<b>&c')]);
show('text-emoji', 'interop_echo_text', [text('a😀b')]);
show('text-crlf', 'interop_echo_text', [text("a\r\nb")]);
show('text-blanks', 'interop_echo_text', [text('  a  b  ')]);
show('text-empty', 'interop_echo_text', [text('')]);
show('text-illegal', 'interop_illegal_text');
show('instant', 'interop_echo_instant', [instant('20260301T12:00:00.123Z')]);
show('instant-whole', 'interop_echo_instant', [instant('20260301T12:00:00Z')]);
show('instant-zone', 'interop_echo_instant', [instant('20260301T14:00:00+02:00')]);
show('instant-no-zone', 'interop_echo_instant', [instant('20260301T12:00:00')]);
show('instant-micros', 'interop_echo_instant', [instant('20260301T12:00:00.123456Z')]);
show('day', 'interop_echo_day', [text('2026-03-01')]);
show('choice', 'interop_echo_level', [text('high')]);
show('choice-low', 'interop_echo_level', [text('low')]);
show('bytes', 'interop_echo_bytes', [RPC::XML::base64->new(join('', map { chr } 0 .. 255))]);
show('bytes-2', 'interop_echo_bytes', [RPC::XML::base64->new("\x00\xff")]);
show('optional-omitted', 'interop_optional', [text('x')]);
show('optional-nil', 'interop_optional', [text('x'), map { nil() } 1 .. 4]);
show('optional-given', 'interop_optional', [
    struct(a => text('x'), b => long(1), c => text('y'), d => long(0), e => list(long(3))),
]);
show('list', 'interop_echo_numbers', [list(long(1), long(-2), long(3))]);
show('list-one', 'interop_echo_numbers', [list(long(1))]);
show('list-texts', 'interop_echo_texts', [texts('a', '', 'b & c')]);
show('list-empty', 'interop_echo_numbers', [list()]);
show('struct', 'interop_echo_person', [$ada]);
show('struct-absent', 'interop_echo_person', [$bob]);
show('struct-default', 'interop_echo_person', [$cal]);
show('structs', 'interop_echo_people', [list($ada, $bob)]);
show('structs-500', 'interop_echo_people', [list(map { many($_) } 0 .. 499)]);
show('void', 'interop_void', [text('x')]);
show('null', 'interop_null');
show('fault-problems', 'interop_accounts', [list(account('Bad Name', 'a@example.org'), account('good', 'nowhere'))]);
show('fault-declared', 'interop_fault', [text('an hour & a <half>')]);
show('fault-token', 'interop_echo_int', [long(1)], $stranger);
show('password', 'interop_echo_int', [long(1)], $by_password);
show('site-info', 'core_webservice_get_site_info');
my $username = "$ENV{GATEWAY_NAME}.jane";
my $jane = struct(
    username => text($username),
    password => text('Corr3ct-horse'),
    firstname => text('Jane'),
    lastname => text('Doe & Søn'),
    email => text("$username\@example.org"),
    city => text('Perth'),
);
show('create-users', 'core_user_create_users', [list($jane)]);
show('get-users', 'core_user_get_users_by_field', [text('username'), texts('user01', 'nobody')]);
sub criterion { my ($key, $value) = @_; return struct(key => text($key), value => text($value)); }
show('find-users', 'core_user_get_users', [list(criterion('username', 'user02'), criterion('lastname', 'lind%'))]);
show('update-users', 'core_user_update_users', [list(struct(id => long(21), city => text('Perth')))]);
show('delete-users', 'core_user_delete_users', [list(long(999999))]);
show('methods', 'system.listMethods');
show('method-signature', 'system.methodSignature', [text('interop_optional')]);
show('multicall', 'system.multicall', [list(
    struct(methodName => text('interop_echo_int'), params => list(long(5))),
    struct(methodName => text('interop_echo_text'), params => list(text('tea'))),
)]);
