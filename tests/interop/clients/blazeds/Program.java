import flex.messaging.io.amf.client.AMFConnection;
import flex.messaging.io.amf.client.exceptions.ClientStatusException;
import flex.messaging.io.amf.client.exceptions.ServerStatusException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Date;
import java.util.GregorianCalendar;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Calls every case through BlazeDS's AMFConnection; the argument says in which encoding, 0 or 3. */
public final class Program extends Cases {
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

    private final AMFConnection gateway = connect(System.getenv("GATEWAY_TOKEN"));
    private final Map<String, AMFConnection> others = Map.of(
        "fault-token", connect(System.getenv("GATEWAY_BAD_TOKEN")),
        "password", logIn(System.getenv("GATEWAY_USER"), System.getenv("GATEWAY_PASSWORD")));

    private Program() throws ClientStatusException {
    }

    @Override
    Map<String, Object> outcome(String name, String function, Map<String, Object> arguments)
            throws ClientStatusException {
        AMFConnection connection = others.getOrDefault(name, gateway);
        // [docs:call]
        try {
            return Json.struct("value", plain(connection.call(function, arguments.values().toArray())));
        } catch (ServerStatusException failure) {
            return Json.struct("fault", fault(failure));
        }
        // [docs:end]
    }

    /** Its doubles are no such integers: digits. */
    @Override
    Object big(long value) {
        return String.valueOf(value);
    }

    @Override
    Object decimal(String text) {
        return new BigDecimal(text);
    }

    @Override
    Object instant(String text) {
        return Date.from(Instant.parse(text));
    }

    @Override
    Object zoned(String text) {
        return GregorianCalendar.from(OffsetDateTime.parse(text).toZonedDateTime());
    }

    /** AMF0 has no bytes: they travel as base64. */
    @Override
    Object octets(byte[] value) {
        return encoding == 3 ? value : super.octets(value);
    }

    @Override
    Map<String, String> cannot() {
        return Map.of("instant-no-zone", "a Date is an instant, a Calendar has a zone");
    }

    /** A List goes as an ArrayCollection in AMF3, an array as an Array. */
    @Override
    void own() {
        List<String> names = List.of("user01", "nobody");
        add("get-users", "core_user_get_users_by_field", "field", "username", "values", names);
    }

    public static void main(String[] arguments) throws Exception {
        encoding = Integer.parseInt(arguments[0]);
        new Program().run();
    }
}
