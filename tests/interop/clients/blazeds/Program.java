import flex.messaging.io.amf.client.AMFConnection;
import flex.messaging.io.amf.client.exceptions.ClientStatusException;
import flex.messaging.io.amf.client.exceptions.ServerStatusException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.GregorianCalendar;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Calls every case through BlazeDS's AMFConnection; the argument says in which encoding, 0 or 3. */
public final class Program {
    private static final String URL = System.getenv("GATEWAY_URL") + "/amf";
    private static int encoding;

    // [docs:connect]
    /** A connection that sends a token with every call. */
    static AMFConnection connect(String token) throws ClientStatusException {
        AMFConnection connection = open();
        connection.addAmfHeader("wstoken", token);
        return connection;
    }

    /** A connection that sends a user name and a password with every call. */
    static AMFConnection logIn(String username, String password) throws ClientStatusException {
        AMFConnection connection = open();
        connection.addAmfHeader("Credentials", Map.of("userid", username, "password", password));
        return connection;
    }

    static AMFConnection open() throws ClientStatusException {
        AMFConnection connection = new AMFConnection();
        connection.setInstantiateTypes(false); // or it makes objects of whatever classes an answer names
        connection.connect(URL);
        connection.setObjectEncoding(encoding);
        return connection;
    }
    // [docs:end]

    // [docs:fault]
    /** The members of a fault; AMFConnection gives them as a map. */
    static Object fault(ServerStatusException failure) {
        Map<?, ?> status = (Map<?, ?>) failure.getData();
        return Json.struct(
            "exception", status.get("exception"),
            "errorcode", status.get("errorcode"),
            "message", status.get("message"),
            "cause", status.get("cause"),
            "problems", plain(status.get("problems")),
            "request_id", status.get("request_id"));
    }
    // [docs:end]

    private static void show(String name, AMFConnection connection, String function, Object... arguments)
            throws ClientStatusException {
        Map<String, Object> line = Json.struct("case", name);
        // [docs:call]
        try {
            line.put("value", plain(connection.call(function, arguments)));
        } catch (ServerStatusException failure) {
            line.put("fault", fault(failure));
        }
        // [docs:end]
        System.out.println(Json.write(line));
    }

    private static void cannot(String name, String reason) {
        System.out.println(Json.write(Json.struct("case", name, "cannot", reason)));
    }

    /** What came, as JSON: numbers are doubles, structures maps. */
    private static Object plain(Object value) {
        if (value instanceof Double && (Double) value == Math.rint((Double) value)) {
            return value.equals(-0.0) ? value : (Object) ((Double) value).longValue();
        }
        if (value instanceof Date) {
            return ((Date) value).toInstant().toString();
        }
        if (value instanceof Object[]) {
            return plain(Arrays.asList((Object[]) value));
        }
        if (value instanceof List) {
            return Json.list((List<?>) value, Program::plain);
        }
        if (value instanceof Map) {
            Map<String, Object> members = new LinkedHashMap<>();
            ((Map<?, ?>) value).forEach((name, each) -> members.put((String) name, plain(each)));
            return members;
        }
        return value;
    }

    /** AMF0 has no bytes: they travel as base64. */
    private static Object octets(byte[] value) {
        return encoding == 3 ? value : Base64.getEncoder().encodeToString(value);
    }

    private static Object list(Object... items) {
        return items;
    }

    private static Map<String, Object> course(int id, String name, Object... tags) {
        return Json.struct("id", id, "name", name, "tags", tags);
    }

    private static Map<String, Object> many(int number) {
        return Json.struct(
            "id", number,
            "username", "user" + number,
            "email", "user" + number + "@example.org",
            "active", number % 2 == 0,
            "courses", list(course(number, "Course " + number, "x", "y")));
    }

    private static Map<String, Object> account(String username, String email) {
        return Json.struct("username", username, "email", email);
    }

    private static Map<String, Object> jane() {
        String username = System.getenv("GATEWAY_NAME") + ".jane";
        return Json.struct(
            "username", username,
            "password", "Corr3ct-horse",
            "firstname", "Jane",
            "lastname", "Doe & S\u00f8n",
            "email", username + "@example.org",
            "city", "Perth");
    }

    private static void scalars(AMFConnection gateway) throws Exception {
        Date noon = Date.from(Instant.parse("2026-03-01T12:00:00.123Z"));
        byte[] octets = new byte[256];
        IntStream.range(0, 256).forEach(each -> octets[each] = (byte) each);
        show("int", gateway, "interop_echo_int", "9223372036854775807");
        show("int-small", gateway, "interop_echo_int", -5);
        show("int-5", gateway, "interop_echo_int", 5);
        show("int-32-bits", gateway, "interop_echo_int", -2147483648L);
        show("int-33-bits", gateway, "interop_echo_int", 2147483648L);
        show("int-54-bits", gateway, "interop_echo_int", "9007199254740993");
        show("int32", gateway, "interop_echo_int32", Integer.MIN_VALUE);
        show("double", gateway, "interop_echo_double", 0.1);
        show("double-1.5", gateway, "interop_echo_double", 1.5);
        show("double-minus-0", gateway, "interop_echo_double", -0.0);
        show("decimal", gateway, "interop_echo_decimal", new BigDecimal("12345678901234567890.12"));
        show("decimal-1.50", gateway, "interop_echo_decimal", new BigDecimal("1.50"));
        show("decimal-1E+3", gateway, "interop_echo_decimal", new BigDecimal("1E+3").toPlainString());
        show("bool", gateway, "interop_echo_bool", true);
        show("bool-false", gateway, "interop_echo_bool", false);
        show("text", gateway, "interop_echo_text", "\u00e9\u20ac<b>&amp;\"'`]]>\tend");
        show("text-markup", gateway, "interop_echo_text", "a<b>&c");
        show("text-emoji", gateway, "interop_echo_text", "a\ud83d\ude00b");
        show("text-crlf", gateway, "interop_echo_text", "a\r\nb");
        show("text-blanks", gateway, "interop_echo_text", "  a  b  ");
        show("text-empty", gateway, "interop_echo_text", "");
        show("text-illegal", gateway, "interop_illegal_text");
        show("instant", gateway, "interop_echo_instant", noon);
        show("instant-whole", gateway, "interop_echo_instant", Date.from(Instant.parse("2026-03-01T12:00:00Z")));
        show("instant-zone", gateway, "interop_echo_instant",
            GregorianCalendar.from(OffsetDateTime.parse("2026-03-01T14:00:00.123+02:00").toZonedDateTime()));
        cannot("instant-no-zone", "a Date is an instant, a Calendar has a zone");
        show("instant-micros", gateway, "interop_echo_instant",
            Date.from(Instant.parse("2026-03-01T12:00:00.123456Z")));
        show("day", gateway, "interop_echo_day", "2026-03-01");
        show("choice", gateway, "interop_echo_level", "high");
        show("choice-low", gateway, "interop_echo_level", "low");
        show("bytes", gateway, "interop_echo_bytes", octets(octets));
        show("bytes-2", gateway, "interop_echo_bytes", octets(new byte[] {0, (byte) 255}));
        show("optional-omitted", gateway, "interop_optional", "x");
        show("optional-nil", gateway, "interop_optional", "x", null, null, null, null);
        show("optional-given", gateway, "interop_optional", "x", 1, "y", 0, list(3));
    }

    private static void structures(AMFConnection gateway) throws Exception {
        Map<String, Object> ada = Json.struct(
            "id", 1,
            "username", "ada",
            "email", "ada@example.org",
            "active", true,
            "joined", Date.from(Instant.parse("2026-03-01T12:00:00.123Z")),
            "courses", list(course(1, "Algebra & <Logic>", "a", "b"), course(2, "Rhetoric")));
        Map<String, Object> bob = Json.struct("username", "bob", "active", false, "courses", list());
        Map<String, Object> cal = Json.struct("username", "cal", "courses", list());
        Object[] crowd = IntStream.range(0, 500).mapToObj(Program::many).toArray();
        show("list", gateway, "interop_echo_numbers", list(1, -2, 3));
        show("list-one", gateway, "interop_echo_numbers", list(1));
        show("list-texts", gateway, "interop_echo_texts", list("a", "", "b & c"));
        show("list-empty", gateway, "interop_echo_numbers", list());
        show("struct", gateway, "interop_echo_person", ada);
        show("struct-absent", gateway, "interop_echo_person", bob);
        show("struct-default", gateway, "interop_echo_person", cal);
        show("structs", gateway, "interop_echo_people", list(ada, bob));
        show("structs-500", gateway, "interop_echo_people", list(crowd));
    }

    public static void main(String[] arguments) throws Exception {
        encoding = Integer.parseInt(arguments[0]);
        AMFConnection gateway = connect(System.getenv("GATEWAY_TOKEN"));
        scalars(gateway);
        structures(gateway);
        Object accounts = list(account("Bad Name", "a@example.org"), account("good", "nowhere"));
        show("void", gateway, "interop_void", "x");
        show("null", gateway, "interop_null");
        show("fault-problems", gateway, "interop_accounts", accounts);
        show("fault-declared", gateway, "interop_fault", "an hour & a <half>");
        show("fault-token", connect(System.getenv("GATEWAY_BAD_TOKEN")), "interop_echo_int", 1);
        AMFConnection byPassword = logIn(System.getenv("GATEWAY_USER"), System.getenv("GATEWAY_PASSWORD"));
        show("password", byPassword, "interop_echo_int", 1);
        show("site-info", gateway, "core_webservice_get_site_info");
        show("create-users", gateway, "core_user_create_users", list(jane()));
        List<String> names = List.of("user01", "nobody");
        show("get-users", gateway, "core_user_get_users_by_field", "username", names);
        Object criteria = list(
            Json.struct("key", "username", "value", "user02"),
            Json.struct("key", "lastname", "value", "lind%"));
        show("find-users", gateway, "core_user_get_users", criteria);
        show("update-users", gateway, "core_user_update_users", list(Json.struct("id", 21, "city", "Perth")));
        show("delete-users", gateway, "core_user_delete_users", list(999999));
    }
}
