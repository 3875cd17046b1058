import haxe.crypto.Base64;

/** One call: its case, the function, and its arguments in order. **/
typedef Case = {
	final name:String;
	final method:String;
	final arguments:Array<Dynamic>;
}

/** The cases, in the values that a Flash program has. **/
class Cases {
	static inline final NOON = 1772366400000.0;

	/** All of them; `octets` makes of bytes what the encoding carries. **/
	public static function all(name:String, octets:Array<Int>->Dynamic):Array<Case> {
		return scalars(octets).concat(lists()).concat(structures()).concat(others(name));
	}

	/** Bytes for AMF0, which has none: base64. **/
	public static function base64(octets:Array<Int>):Dynamic {
		final bytes = haxe.io.Bytes.alloc(octets.length);
		for (at => octet in octets)
			bytes.set(at, octet);
		return Base64.encode(bytes);
	}

	static function scalars(octets:Array<Int>->Dynamic):Array<Case> {
		return [
			call("int", "interop_echo_int", ["9223372036854775807"]),
			call("int-small", "interop_echo_int", [-5]),
			call("int-5", "interop_echo_int", [5]),
			call("int-32-bits", "interop_echo_int", [-2147483648.0]),
			call("int-33-bits", "interop_echo_int", [2147483648.0]),
			call("int-54-bits", "interop_echo_int", ["9007199254740993"]),
			call("int32", "interop_echo_int32", [-2147483648.0]),
			call("double", "interop_echo_double", [0.1]),
			call("double-1.5", "interop_echo_double", [1.5]),
			call("double-minus-0", "interop_echo_double", [-0.0]),
			call("decimal", "interop_echo_decimal", ["12345678901234567890.12"]),
			call("decimal-1.50", "interop_echo_decimal", ["1.50"]),
			call("decimal-1E+3", "interop_echo_decimal", ["1000"]),
			call("bool", "interop_echo_bool", [true]),
			call("bool-false", "interop_echo_bool", [false]),
			call("text", "interop_echo_text", ["é€<b>&amp;\"'`]]>\tend"]),
			call("text-markup", "interop_echo_text", ["a<b>&c"]),
			call("text-emoji", "interop_echo_text", ["a😀b"]),
			call("text-crlf", "interop_echo_text", ["a\r\nb"]),
			call("text-blanks", "interop_echo_text", ["  a  b  "]),
			call("text-empty", "interop_echo_text", [""]),
			call("text-illegal", "interop_illegal_text", []),
			call("instant", "interop_echo_instant", [Date.fromTime(NOON + 123)]),
			call("instant-whole", "interop_echo_instant", [Date.fromTime(NOON)]),
			call("instant-micros", "interop_echo_instant", [Date.fromTime(NOON + 123.456)]),
			call("day", "interop_echo_day", ["2026-03-01"]),
			call("choice", "interop_echo_level", ["high"]),
			call("choice-low", "interop_echo_level", ["low"]),
			call("bytes", "interop_echo_bytes", [octets([for (each in 0...256) each])]),
			call("bytes-2", "interop_echo_bytes", [octets([0, 255])]),
			call("optional-omitted", "interop_optional", ["x"]),
			call("optional-nil", "interop_optional", ["x", null, null, null, null]),
			call("optional-given", "interop_optional", ["x", 1, "y", 0, [3]]),
		];
	}

	static function lists():Array<Case> {
		return [
			call("list", "interop_echo_numbers", [[1, -2, 3]]),
			call("list-one", "interop_echo_numbers", [[1]]),
			call("list-texts", "interop_echo_texts", [["a", "", "b & c"]]),
			call("list-empty", "interop_echo_numbers", [[]]),
		];
	}

	static function structures():Array<Case> {
		final ada = {
			id: 1,
			username: "ada",
			email: "ada@example.org",
			active: true,
			joined: Date.fromTime(NOON + 123),
			courses: [
				{id: 1, name: "Algebra & <Logic>", tags: ["a", "b"]},
				{id: 2, name: "Rhetoric", tags: []},
			],
		};
		final bob = {username: "bob", active: false, courses: []};
		final cal = {username: "cal", courses: []};
		final both:Array<Dynamic> = [ada, bob];
		return [
			call("struct", "interop_echo_person", [ada]),
			call("struct-absent", "interop_echo_person", [bob]),
			call("struct-default", "interop_echo_person", [cal]),
			call("structs", "interop_echo_people", [both]),
			call("structs-500", "interop_echo_people", [[for (number in 0...500) person(number)]]),
		];
	}

	static function person(number:Int):Dynamic {
		return {
			id: number,
			username: 'user$number',
			email: 'user$number@example.org',
			active: number % 2 == 0,
			courses: [{id: number, name: 'Course $number', tags: ["x", "y"]}],
		};
	}

	static function others(name:String):Array<Case> {
		final accounts = [
			{username: "Bad Name", email: "a@example.org"},
			{username: "good", email: "nowhere"},
		];
		final criteria = [
			{key: "username", value: "user02"},
			{key: "lastname", value: "lind%"},
		];
		final jane = {
			username: '$name.jane',
			password: "Corr3ct-horse",
			firstname: "Jane",
			lastname: "Doe & Søn",
			email: '$name.jane@example.org',
			city: "Perth",
		};
		return [
			call("void", "interop_void", ["x"]),
			call("null", "interop_null", []),
			call("fault-problems", "interop_accounts", [accounts]),
			call("fault-declared", "interop_fault", ["an hour & a <half>"]),
			call("fault-token", "interop_echo_int", [1]),
			call("password", "interop_echo_int", [1]),
			call("site-info", "core_webservice_get_site_info", []),
			call("create-users", "core_user_create_users", [[jane]]),
			call("get-users", "core_user_get_users_by_field", ["username", ["user01", "nobody"]]),
			call("find-users", "core_user_get_users", [criteria]),
			call("update-users", "core_user_update_users", [[{id: 21, city: "Perth"}]]),
			call("delete-users", "core_user_delete_users", [[999999]]),
		];
	}

	static function call(name:String, method:String, arguments:Array<Dynamic>):Case {
		return {name: name, method: method, arguments: arguments};
	}
}
