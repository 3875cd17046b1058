# Calls every case with SOAP::Lite. Values are typed by hand: left alone, it guesses types by what a value looks like.
use strict;
use warnings;
use utf8;
use JSON::PP ();
use MIME::Base64 qw(encode_base64);
use SOAP::Lite;

# [docs:connect]
SOAP::Lite->soapversion($ENV{GATEWAY_SOAP} eq '12' ? '1.2' : '1.1'); # it is a setting of the whole process
my $json = JSON::PP->new->ascii->canonical->allow_nonref;
my $namespace = 'urn:manifold:api';

sub connect_with {
    my ($token) = @_;
    my $soap = SOAP::Lite->proxy("$ENV{GATEWAY_URL}/soap")->default_ns($namespace);
    $soap->transport->default_header(Authorization => "Bearer $token");
    $soap->on_fault(sub { $_[1] });
    return $soap;
}
# [docs:end]

# [docs:password]
sub connect_with_password {
    my ($username, $password) = @_;
    my $soap = SOAP::Lite->proxy("$ENV{GATEWAY_URL}/soap")->default_ns($namespace);
    $soap->transport->default_headers->authorization_basic($username, $password);
    $soap->on_fault(sub { $_[1] });
    return $soap;
}
# [docs:end]

my $gateway = connect_with($ENV{GATEWAY_TOKEN});
my $stranger = connect_with($ENV{GATEWAY_BAD_TOKEN});
my $by_password = connect_with_password($ENV{GATEWAY_USER}, $ENV{GATEWAY_PASSWORD});

# [docs:values]
sub element { my ($name, $type, $value) = @_; return SOAP::Data->name($name)->type($type)->value($value); }
sub text { return element($_[0], 'string', $_[1]); }
sub long { return element($_[0], 'long', $_[1]); }
sub nil { return SOAP::Data->name($_[0])->attr({'xsi:nil' => 'true'}); }

# A structure, or a list, which holds elements named like their type.
sub holds { my ($name, @members) = @_; return SOAP::Data->name($name => \SOAP::Data->value(@members)); }
# [docs:end]

sub answer {
    my ($client, $function, @arguments) = @_;
    my $found = $client->call($function, @arguments);
    die "$found" unless ref $found && $found->isa('SOAP::SOM');
    return $found;
}

# What repeats, whether it comes never, once or more often.
sub many { my ($found) = @_; return ref $found eq 'ARRAY' ? @$found : defined $found && $found ne '' ? ($found) : (); }

sub member { my ($found, $name) = @_; return ref $found eq 'HASH' ? $found->{$name} : undef; }

# [docs:fault]
sub fault {
    my ($found) = @_;
    my $detail = $found->valueof('//apiFault');
    return {
        message => $found->valueof('//faultstring') // $found->valueof('//Reason/Text'),
        (map { $_ => $detail->{$_} } qw(exception errorcode cause request_id)),
        problems => [many(member($detail->{problems}, 'Problem'))],
    };
}
# [docs:end]

sub show {
    my ($case, $function, $arguments, $read, $client) = @_;
    my $found = answer($client // $gateway, $function, @$arguments);
    my $value = $found->fault ? undef : $found->valueof("//${function}Result");
    my %line = $found->fault ? (fault => fault($found)) : (value => $read ? $read->($value, $found) : $value);
    print $json->encode({case => $case, %line}), "\n";
}

sub number { my ($found) = @_; return defined $found ? $found + 0 : undef; }
sub boolean { my ($found) = @_; return defined $found ? $found eq 'true' ? JSON::PP::true : JSON::PP::false : undef; }
sub numbers { my ($found) = @_; return [map { $_ + 0 } many(member($found, 'long'))]; }

sub person {
    my ($found) = @_;
    return {
        %$found,
        id => number($found->{id}),
        active => boolean($found->{active}),
        courses => [map { course($_) } many(member($found->{courses}, 'InteropCourse'))],
    };
}

sub course {
    my ($found) = @_;
    return {%$found, id => number($found->{id}), tags => [many(member($found->{tags}, 'string'))]};
}

sub people { my ($found) = @_; return [map { person($_) } many($found->{InteropPerson})]; }

sub new_course {
    my ($id, $name, @tags) = @_;
    my $tags = holds('tags', map { text(string => $_) } @tags);
    return holds('InteropCourse', element(id => 'int', $id), text(name => $name), $tags);
}

sub new_person {
    my ($name, $courses, @members) = @_;
    return holds($name, @members, holds('courses', @$courses));
}

sub ada {
    my $courses = [new_course(1, 'Algebra & <Logic>', 'a', 'b'), new_course(2, 'Rhetoric')];
    return new_person(
        $_[0], $courses,
        long(id => 1),
        text(username => 'ada'),
        text(email => 'ada@example.org'),
        element(active => 'boolean', 'true'),
        element(joined => 'dateTime', '2026-03-01T12:00:00.123Z'),
    );
}

sub bob { return new_person($_[0], [], text(username => 'bob'), element(active => 'boolean', 'false')); }

sub crowd {
    my ($number) = @_;
    return new_person(
        'InteropPerson', [new_course($number, "Course $number", 'x', 'y')],
        long(id => $number),
        text(username => "user$number"),
        text(email => "user$number\@example.org"),
        element(active => 'boolean', $number % 2 ? 'false' : 'true'),
    );
}

sub show_text { my ($case, $value) = @_; show($case, 'interop_echo_text', [text(value => $value)]); }

sub show_instant {
    my ($case, $value) = @_;
    show($case, 'interop_echo_instant', [element(value => 'dateTime', $value)]);
}

sub show_numbers {
    my ($case, @values) = @_;
    show($case, 'interop_echo_numbers', [holds('values', map { long(long => $_) } @values)], \&numbers);
}

sub account {
    my ($username, $email) = @_;
    return holds('InteropAccount', text(username => $username), text(email => $email));
}

show('int', 'interop_echo_int', [long(value => '9223372036854775807')], \&number);
show('int-small', 'interop_echo_int', [long(value => -5)], \&number);
show('int-5', 'interop_echo_int', [long(value => 5)], \&number);
show('int-32-bits', 'interop_echo_int', [long(value => -2147483648)], \&number);
show('int-33-bits', 'interop_echo_int', [long(value => 2147483648)], \&number);
show('int-54-bits', 'interop_echo_int', [long(value => 9007199254740993)], \&number);
show('int32', 'interop_echo_int32', [element(value => 'int', -2147483648)], \&number);
show('double', 'interop_echo_double', [element(value => 'double', 0.1)], \&number);
show('double-1.5', 'interop_echo_double', [element(value => 'double', 1.5)], \&number);
show('double-minus-0', 'interop_echo_double', [element(value => 'double', '-0.0')], sub {
    return $_[0] eq '-0.0' ? '-0' : $_[0]; # a text until it is reckoned with
});
show('decimal', 'interop_echo_decimal', [element(value => 'decimal', '12345678901234567890.12')]);
show('decimal-1.50', 'interop_echo_decimal', [element(value => 'decimal', '1.50')]);
show('decimal-1E+3', 'interop_echo_decimal', [element(value => 'decimal', '1000')]);
show('bool', 'interop_echo_bool', [element(value => 'boolean', 'true')], \&boolean);
show('bool-false', 'interop_echo_bool', [element(value => 'boolean', 'false')], \&boolean);
show_text('text', "é€<b>&amp;\"'`]]>\tend");
show_text('text-markup', 'a<b>&c');
show_text('text-emoji', 'a😀b');
show_text('text-crlf', "a\r\nb");
show_text('text-blanks', '  a  b  ');
show_text('text-empty', '');
show('text-illegal', 'interop_illegal_text', []);
show_instant('instant', '2026-03-01T12:00:00.123Z');
show_instant('instant-whole', '2026-03-01T12:00:00Z');
show_instant('instant-zone', '2026-03-01T14:00:00.123+02:00');
show_instant('instant-no-zone', '2026-03-01T12:00:00.123');
show_instant('instant-micros', '2026-03-01T12:00:00.123456Z');
show('day', 'interop_echo_day', [text(value => '2026-03-01')]);
show('choice', 'interop_echo_level', [text(value => 'high')]);
show('choice-low', 'interop_echo_level', [text(value => 'low')]);
my $octets = encode_base64(join('', map { chr } 0 .. 255), '');
show('bytes', 'interop_echo_bytes', [text(value => $octets)]);
show('bytes-2', 'interop_echo_bytes', [text(value => 'AP8=')]);
show('optional-omitted', 'interop_optional', [text(a => 'x')]);
show('optional-nil', 'interop_optional', [text(a => 'x'), map { nil($_) } qw(b c d e)]);
show('optional-given', 'interop_optional', [
    text(a => 'x'), long(b => 1), text(c => 'y'), long(d => 0), holds('e', long(long => 3)),
]);
show_numbers('list', 1, -2, 3);
show_numbers('list-one', 1);
show_numbers('list-empty');
my @texts = map { text(string => $_) } 'a', '', 'b & c';
show('list-texts', 'interop_echo_texts', [holds('values', @texts)], sub { [many(member($_[0], 'string'))] });
show('struct', 'interop_echo_person', [ada('person')], \&person);
show('struct-absent', 'interop_echo_person', [bob('person')], \&person);
show('struct-default', 'interop_echo_person', [new_person('person', [], text(username => 'cal'))], \&person);
show('structs', 'interop_echo_people', [holds('people', ada('InteropPerson'), bob('InteropPerson'))], \&people);
show('structs-500', 'interop_echo_people', [holds('people', map { crowd($_) } 0 .. 499)], \&people);
show('void', 'interop_void', [text(value => 'x')]);
show('null', 'interop_null', []);
my $accounts = holds('accounts', account('Bad Name', 'a@example.org'), account('good', 'nowhere'));
show('fault-problems', 'interop_accounts', [$accounts]);
show('fault-declared', 'interop_fault', [text(text => 'an hour & a <half>')]);
show('fault-token', 'interop_echo_int', [long(value => 1)], undef, $stranger);
show('password', 'interop_echo_int', [long(value => 1)], \&number, $by_password);
show('site-info', 'core_webservice_get_site_info', [], sub {
    my ($info) = @_;
    return {%$info, functions => [many($info->{functions}{CoreWebserviceSiteFunction})]};
});
my $username = "$ENV{GATEWAY_NAME}.jane";
my $jane = holds(
    'CoreUserNewUser',
    text(username => $username),
    text(password => 'Corr3ct-horse'),
    text(firstname => 'Jane'),
    text(lastname => 'Doe & Søn'),
    text(email => "$username\@example.org"),
    text(city => 'Perth'),
);
show('create-users', 'core_user_create_users', [holds('users', $jane)], sub {
    return [map { {%$_, id => number($_->{id})} } many($_[0]{CoreUserCreatedUser})];
});
my $wanted = holds('values', text(string => 'user01'), text(string => 'nobody'));
show('get-users', 'core_user_get_users_by_field', [text(field => 'username'), $wanted], sub {
    return [many($_[0]{CoreUserUserDetail})];
});
sub criterion { my ($key, $value) = @_; return holds('CoreUserCriterion', text(key => $key), text(value => $value)); }
my $criteria = holds('criteria', criterion('username', 'user02'), criterion('lastname', 'lind%'));
show('find-users', 'core_user_get_users', [$criteria], sub {
    return {users => [many($_[0]{users}{CoreUserUserDetail})]};
});
my $moved = holds('users', holds('CoreUserChangedUser', long(id => 21), text(city => 'Perth')));
show('update-users', 'core_user_update_users', [$moved]);
show('delete-users', 'core_user_delete_users', [holds('userids', long(long => 999999))]);
