import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The cases (tests/interop/cases.py) as programs without stubs call them: structures are maps, lists arrays. How their
 * library calls, and writes other values, is the programs'.
 */
abstract class Cases {
    private static final String NOON = "2026-03-01T12:00:00.123";
    private final Map<String, Call> all = new LinkedHashMap<>();

    /** A function with its arguments by name, in their order. */
    record Call(String function, Map<String, Object> arguments) {
    }

    /** What comes of a call: a `value` or a `fault`, as the members of a line. */
    abstract Map<String, Object> outcome(String name, String function, Map<String, Object> arguments) throws Exception;

    /** Cases that go another way in a protocol, or that only it has: they replace those here. */
    void own() {
    }

    /** Why the library has no way to send some cases, by their names. */
    Map<String, String> cannot() {
        return Map.of();
    }

    /** An integer that no double is equal to. */
    Object big(long value) {
        return value;
    }

    Object decimal(String text) {
        return text;
    }

    /** An instant that is written in UTC. */
    Object instant(String text) {
        return text;
    }

    /** An instant in another zone. */
    Object zoned(String text) {
        return text;
    }

    /** An instant that does not say its zone. */
    Object local(String text) {
        return text;
    }

    Object octets(byte[] value) {
        return Base64.getEncoder().encodeToString(value);
    }

    /** Call every case, and print its line. */
    final void run() throws Exception {
        scalars();
        structures();
        faults();
        users();
        own();
        for (Map.Entry<String, Call> each : all.entrySet()) {
            Map<String, Object> line = Json.struct("case", each.getKey());
            String reason = cannot().get(each.getKey());
            if (reason == null) {
                line.putAll(outcome(each.getKey(), each.getValue().function(), each.getValue().arguments()));
            } else {
                line.put("cannot", reason);
            }
            System.out.println(write(line));
        }
    }

    String write(Map<String, Object> line) {
        return Json.write(line);
    }

    /** A case; names of arguments and their values in turn. */
    final void add(String name, String function, Object... arguments) {
        all.put(name, new Call(function, Json.struct(arguments)));
    }

    static Object list(Object... items) {
        return items;
    }

    private void echo(String name, String type, Object value) {
        add(name, "interop_echo_" + type, "value", value);
    }

    private void scalars() {
        byte[] octets = new byte[256];
        IntStream.range(0, 256).forEach(each -> octets[each] = (byte) each);
        echo("int", "int", big(Long.MAX_VALUE));
        echo("int-small", "int", -5);
        echo("int-5", "int", 5);
        echo("int-32-bits", "int", Integer.MIN_VALUE);
        echo("int-33-bits", "int", 2147483648L);
        echo("int-54-bits", "int", big(9007199254740993L));
        echo("int32", "int32", Integer.MIN_VALUE);
        echo("double", "double", 0.1);
        echo("double-1.5", "double", 1.5);
        echo("double-minus-0", "double", -0.0);
        echo("decimal", "decimal", decimal("12345678901234567890.12"));
        echo("decimal-1.50", "decimal", decimal("1.50"));
        echo("decimal-1E+3", "decimal", decimal("1000"));
        echo("bool", "bool", true);
        echo("bool-false", "bool", false);
        echo("text", "text", "\u00e9\u20ac<b>&amp;\"'`]]>\tend");
        echo("text-markup", "text", "a<b>&c");
        echo("text-emoji", "text", "a\ud83d\ude00b");
        echo("text-crlf", "text", "a\r\nb");
        echo("text-blanks", "text", "  a  b  ");
        echo("text-empty", "text", "");
        add("text-illegal", "interop_illegal_text");
        echo("instant", "instant", instant(NOON + "Z"));
        echo("instant-whole", "instant", instant("2026-03-01T12:00:00Z"));
        echo("instant-zone", "instant", zoned("2026-03-01T14:00:00.123+02:00"));
        echo("instant-no-zone", "instant", local(NOON));
        echo("instant-micros", "instant", instant(NOON + "456Z"));
        echo("day", "day", "2026-03-01");
        echo("choice", "level", "high");
        echo("choice-low", "level", "low");
        echo("bytes", "bytes", octets(octets));
        echo("bytes-2", "bytes", octets(new byte[] {0, (byte) 255}));
    }

    private static Object course(int id, String name, Object... tags) {
        return Json.struct("id", id, "name", name, "tags", tags);
    }

    private static Object many(int number) {
        String name = "user" + number;
        return Json.struct(
            "id", number,
            "username", name,
            "email", name + "@example.org",
            "active", number % 2 == 0,
            "courses", list(course(number, "Course " + number, "x", "y")));
    }

    private void structures() {
        Object ada = Json.struct(
            "id", 1,
            "username", "ada",
            "email", "ada@example.org",
            "active", true,
            "joined", instant(NOON + "Z"),
            "courses", list(course(1, "Algebra & <Logic>", "a", "b"), course(2, "Rhetoric")));
        Object bob = Json.struct("username", "bob", "active", false, "courses", list());
        Object cal = Json.struct("username", "cal", "courses", list());
        Object crowd = IntStream.range(0, 500).mapToObj(Cases::many).toArray();
        add("optional-omitted", "interop_optional", "a", "x");
        add("optional-nil", "interop_optional", "a", "x", "b", null, "c", null, "d", null, "e", null);
        add("optional-given", "interop_optional", "a", "x", "b", 1, "c", "y", "d", 0, "e", list(3));
        add("list", "interop_echo_numbers", "values", list(1, -2, 3));
        add("list-one", "interop_echo_numbers", "values", list(1));
        add("list-texts", "interop_echo_texts", "values", list("a", "", "b & c"));
        add("list-empty", "interop_echo_numbers", "values", list());
        add("struct", "interop_echo_person", "person", ada);
        add("struct-absent", "interop_echo_person", "person", bob);
        add("struct-default", "interop_echo_person", "person", cal);
        add("structs", "interop_echo_people", "people", list(ada, bob));
        add("structs-500", "interop_echo_people", "people", crowd);
        add("void", "interop_void", "value", "x");
        add("null", "interop_null");
    }

    private void faults() {
        Object accounts = list(
            Json.struct("username", "Bad Name", "email", "a@example.org"),
            Json.struct("username", "good", "email", "nowhere"));
        add("fault-problems", "interop_accounts", "accounts", accounts);
        add("fault-declared", "interop_fault", "text", "an hour & a <half>");
        echo("fault-token", "int", 1);
        echo("password", "int", 1);
    }

    private void users() {
        String username = System.getenv("GATEWAY_NAME") + ".jane";
        Object jane = Json.struct(
            "username", username,
            "password", "Corr3ct-horse",
            "firstname", "Jane",
            "lastname", "Doe & S\u00f8n",
            "email", username + "@example.org",
            "city", "Perth");
        Object wanted = list("user01", "nobody");
        Object criteria = list(
            Json.struct("key", "username", "value", "user02"), Json.struct("key", "lastname", "value", "lind%"));
        add("site-info", "core_webservice_get_site_info");
        add("create-users", "core_user_create_users", "users", list(jane));
        add("get-users", "core_user_get_users_by_field", "field", "username", "values", wanted);
        add("find-users", "core_user_get_users", "criteria", criteria);
        add("update-users", "core_user_update_users", "users", list(Json.struct("id", 21, "city", "Perth")));
        add("delete-users", "core_user_delete_users", "userids", list(999999));
    }
}
