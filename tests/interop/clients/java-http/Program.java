import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Calls every case with the HttpClient of the JDK; Gson makes and reads JSON. */
public final class Program {
    // [docs:call]
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Gson GSON = new GsonBuilder().serializeNulls().create();

    /** What a fault says: exception, errorcode, message, cause, problems, request_id. */
    private static final class Fault extends Exception {
        final JsonObject problem;

        Fault(JsonObject problem) {
            super(problem.get("message").getAsString());
            this.problem = problem;
        }
    }

    private static JsonElement call(String authorization, String function, Map<String, Object> arguments)
            throws Fault, IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(System.getenv("GATEWAY_URL") + "/rest/" + function))
            .header("Content-Type", "application/json")
            .header("Authorization", authorization)
            .POST(HttpRequest.BodyPublishers.ofString(GSON.toJson(arguments)))
            .build();
        HttpResponse<String> answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        JsonElement found = JsonParser.parseString(answer.body());
        if (answer.statusCode() != 200) {
            throw new Fault(found.getAsJsonObject());
        }
        return found;
    }
    // [docs:end]

    // [docs:authenticate]
    private static String withToken(String token) {
        return "Bearer " + token;
    }

    private static String withPassword(String username, String password) {
        byte[] pair = (username + ":" + password).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(pair);
    }
    // [docs:end]

    private static final String TOKEN = withToken(System.getenv("GATEWAY_TOKEN"));

    private static void show(String name, String function, Object... arguments) throws Exception {
        showAs(TOKEN, name, function, arguments);
    }

    private static void showAs(String authorization, String name, String function, Object... arguments)
            throws Exception {
        JsonObject line = new JsonObject();
        line.addProperty("case", name);
        try {
            line.add("value", call(authorization, function, Json.struct(arguments)));
        } catch (Fault fault) {
            line.add("fault", fault.problem);
        }
        System.out.println(GSON.toJson(line));
    }

    private static void showInstant(String name, Instant instant) throws Exception {
        // [docs:dates]
        JsonElement found = call(TOKEN, "interop_echo_instant", Map.of("value", instant.toString()));
        Instant received = Instant.parse(found.getAsString());
        // [docs:end]
        System.out.println(GSON.toJson(Map.of("case", name, "value", received.toString())));
    }

    private static void showBytes(String name, byte[] octets) throws Exception {
        show(name, "interop_echo_bytes", "value", Base64.getEncoder().encodeToString(octets));
    }

    private static Object course(int id, String name, String... tags) {
        return Json.struct("id", id, "name", name, "tags", tags);
    }

    private static Object many(int number) {
        String name = "user" + number;
        return Json.struct(
            "id", number,
            "username", name,
            "email", name + "@example.org",
            "active", number % 2 == 0,
            "courses", List.of(course(number, "Course " + number, "x", "y")));
    }

    private static final String NOON = "2026-03-01T12:00:00.123Z";
    private static final Object ADA = Json.struct(
        "id", 1,
        "username", "ada",
        "email", "ada@example.org",
        "active", true,
        "joined", NOON,
        "courses", List.of(course(1, "Algebra & <Logic>", "a", "b"), course(2, "Rhetoric")));
    private static final Object BOB = Json.struct("username", "bob", "active", false, "courses", List.of());
    private static final Object CAL = Json.struct("username", "cal", "courses", List.of());

    private static void showNumbers() throws Exception {
        show("int", "interop_echo_int", "value", Long.MAX_VALUE);
        show("int-small", "interop_echo_int", "value", -5);
        show("int-5", "interop_echo_int", "value", 5);
        show("int-32-bits", "interop_echo_int", "value", Integer.MIN_VALUE);
        show("int-33-bits", "interop_echo_int", "value", 2147483648L);
        show("int-54-bits", "interop_echo_int", "value", 9007199254740993L);
        show("int32", "interop_echo_int32", "value", Integer.MIN_VALUE);
        show("double", "interop_echo_double", "value", 0.1);
        show("double-1.5", "interop_echo_double", "value", 1.5);
        show("double-minus-0", "interop_echo_double", "value", -0.0);
        show("decimal", "interop_echo_decimal", "value", "12345678901234567890.12");
        show("decimal-1.50", "interop_echo_decimal", "value", "1.50");
        show("decimal-1E+3", "interop_echo_decimal", "value", "1000");
        show("bool", "interop_echo_bool", "value", true);
        show("bool-false", "interop_echo_bool", "value", false);
    }

    private static void showTexts() throws Exception {
        byte[] octets = new byte[256];
        IntStream.range(0, 256).forEach(each -> octets[each] = (byte) each);
        show("text", "interop_echo_text", "value", "\u00e9\u20ac<b>&amp;\"'`]]>\tend");
        show("text-markup", "interop_echo_text", "value", "a<b>&c");
        show("text-emoji", "interop_echo_text", "value", "a\ud83d\ude00b");
        show("text-crlf", "interop_echo_text", "value", "a\r\nb");
        show("text-blanks", "interop_echo_text", "value", "  a  b  ");
        show("text-empty", "interop_echo_text", "value", "");
        show("text-illegal", "interop_illegal_text");
        showInstant("instant", Instant.parse(NOON));
        showInstant("instant-whole", Instant.parse("2026-03-01T12:00:00Z"));
        showInstant("instant-micros", Instant.parse("2026-03-01T12:00:00.123456Z"));
        show("instant-zone", "interop_echo_instant", "value", "2026-03-01T14:00:00.123+02:00");
        show("instant-no-zone", "interop_echo_instant", "value", "2026-03-01T12:00:00.123");
        show("day", "interop_echo_day", "value", "2026-03-01");
        show("choice", "interop_echo_level", "value", "high");
        show("choice-low", "interop_echo_level", "value", "low");
        showBytes("bytes", octets);
        showBytes("bytes-2", new byte[] {0, (byte) 255});
    }

    private static void showStructures() throws Exception {
        List<Object> crowd = IntStream.range(0, 500).mapToObj(Program::many).collect(Collectors.toList());
        show("optional-omitted", "interop_optional", "a", "x");
        show("optional-nil", "interop_optional", "a", "x", "b", null, "c", null, "d", null, "e", null);
        show("optional-given", "interop_optional", "a", "x", "b", 1, "c", "y", "d", 0, "e", List.of(3));
        show("list", "interop_echo_numbers", "values", List.of(1, -2, 3));
        show("list-one", "interop_echo_numbers", "values", List.of(1));
        show("list-texts", "interop_echo_texts", "values", List.of("a", "", "b & c"));
        show("list-empty", "interop_echo_numbers", "values", List.of());
        show("struct", "interop_echo_person", "person", ADA);
        show("struct-absent", "interop_echo_person", "person", BOB);
        show("struct-default", "interop_echo_person", "person", CAL);
        show("structs", "interop_echo_people", "people", List.of(ADA, BOB));
        show("structs-500", "interop_echo_people", "people", crowd);
        show("void", "interop_void", "value", "x");
        show("null", "interop_null");
    }

    private static void showFaults() throws Exception {
        List<Object> accounts = List.of(
            Json.struct("username", "Bad Name", "email", "a@example.org"),
            Json.struct("username", "good", "email", "nowhere"));
        String stranger = withToken(System.getenv("GATEWAY_BAD_TOKEN"));
        String login = withPassword(System.getenv("GATEWAY_USER"), System.getenv("GATEWAY_PASSWORD"));
        show("fault-problems", "interop_accounts", "accounts", accounts);
        show("fault-declared", "interop_fault", "text", "an hour & a <half>");
        showAs(stranger, "fault-token", "interop_echo_int", "value", 1);
        showAs(login, "password", "interop_echo_int", "value", 1);
    }

    private static void showShipped() throws Exception {
        String username = System.getenv("GATEWAY_NAME") + ".jane";
        Object jane = Json.struct(
            "username", username,
            "password", "Corr3ct-horse",
            "firstname", "Jane",
            "lastname", "Doe & S\u00f8n",
            "email", username + "@example.org",
            "city", "Perth");
        List<String> wanted = List.of("user01", "nobody");
        show("site-info", "core_webservice_get_site_info");
        show("create-users", "core_user_create_users", "users", List.of(jane));
        show("get-users", "core_user_get_users_by_field", "field", "username", "values", wanted);
        show("find-users", "core_user_get_users", "criteria", List.of(
            Json.struct("key", "username", "value", "user02"),
            Json.struct("key", "lastname", "value", "lind%")));
        show("update-users", "core_user_update_users", "users", List.of(Json.struct("id", 21, "city", "Perth")));
        show("delete-users", "core_user_delete_users", "userids", List.of(999999));
    }

    public static void main(String[] arguments) throws Exception {
        showNumbers();
        showTexts();
        showStructures();
        showFaults();
        showShipped();
    }
}
