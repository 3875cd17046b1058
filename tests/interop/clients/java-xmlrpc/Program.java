import com.google.gson.Gson;
import java.io.IOException;
import java.net.URL;
import java.net.URLConnection;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import java.util.stream.IntStream;
import org.apache.ws.commons.util.NamespaceContextImpl;
import org.apache.xmlrpc.XmlRpcException;
import org.apache.xmlrpc.client.XmlRpcClient;
import org.apache.xmlrpc.client.XmlRpcClientConfigImpl;
import org.apache.xmlrpc.client.XmlRpcSunHttpTransport;
import org.apache.xmlrpc.common.TypeFactoryImpl;
import org.apache.xmlrpc.common.XmlRpcController;
import org.apache.xmlrpc.common.XmlRpcStreamConfig;
import org.apache.xmlrpc.parser.I8Parser;
import org.apache.xmlrpc.parser.NullParser;
import org.apache.xmlrpc.parser.TypeParser;

/** Calls every case with Apache's xmlrpc-client. */
public final class Program {
    // [docs:types]
    /** Reads nil and i8 as everybody writes them: left alone, it knows them in Apache's own namespace only. */
    private static final class Types extends TypeFactoryImpl {
        Types(XmlRpcController controller) {
            super(controller);
        }

        @Override
        public TypeParser getParser(
                XmlRpcStreamConfig config, NamespaceContextImpl context, String namespace, String name) {
            if (namespace.isEmpty() && name.equals("nil")) {
                return new NullParser();
            }
            if (namespace.isEmpty() && name.equals("i8")) {
                return new I8Parser();
            }
            return super.getParser(config, context, namespace, name);
        }
    }
    // [docs:end]

    // [docs:connect]
    private static XmlRpcClientConfigImpl config() throws IOException {
        XmlRpcClientConfigImpl config = new XmlRpcClientConfigImpl();
        config.setServerURL(new URL(System.getenv("GATEWAY_URL") + "/xmlrpc"));
        config.setEnabledForExtensions(true); // long and null
        config.setTimeZone(TimeZone.getTimeZone("UTC"));
        return config;
    }

    private static XmlRpcClient connect(String token) throws IOException {
        XmlRpcClient client = new XmlRpcClient();
        client.setConfig(config());
        client.setTypeFactory(new Types(client));
        client.setTransportFactory(() -> new XmlRpcSunHttpTransport(client) {
            @Override
            protected URLConnection newURLConnection(URL url) throws IOException {
                URLConnection connection = super.newURLConnection(url);
                connection.setRequestProperty("Authorization", "Bearer " + token);
                return connection;
            }
        });
        return client;
    }
    // [docs:end]

    // [docs:password]
    private static XmlRpcClient connectWithPassword(String username, String password) throws IOException {
        XmlRpcClientConfigImpl config = config();
        config.setBasicUserName(username);
        config.setBasicPassword(password);
        XmlRpcClient client = new XmlRpcClient();
        client.setConfig(config);
        return client;
    }
    // [docs:end]

    // [docs:fault]
    /** The parts of a faultString: the message, then labelled parts, those that are empty left out. */
    private static Map<String, String> parts(XmlRpcException fault) {
        Map<String, String> parts = new LinkedHashMap<>();
        for (String part : fault.getMessage().split(" \\| ")) {
            String[] pair = parts.isEmpty() ? new String[] {"MESSAGE", part} : part.split(": ", 2);
            parts.put(pair[0], pair[1]);
        }
        return parts;
    }
    // [docs:end]

    private static Object fault(XmlRpcException error) {
        Map<String, String> parts = parts(error);
        return Json.struct(
            "message", parts.get("MESSAGE"),
            "exception", parts.get("EXCEPTION"),
            "errorcode", parts.get("ERRORCODE"),
            "cause", parts.get("DEBUG INFO"),
            "problems", new Gson().fromJson(parts.getOrDefault("PROBLEMS", "[]"), List.class),
            "request_id", parts.get("REQUEST"));
    }

    /** A value as JSON is written of it. */
    private static Object plain(Object value) {
        if (value instanceof Object[]) {
            return Json.list(Arrays.asList((Object[]) value), Program::plain);
        }
        if (value instanceof Map) {
            Map<String, Object> members = new LinkedHashMap<>();
            ((Map<?, ?>) value).forEach((name, each) -> members.put((String) name, plain(each)));
            return members;
        }
        return value instanceof Date ? ((Date) value).toInstant().toString() : value;
    }

    private static void show(XmlRpcClient client, String name, String function, Object... arguments)
            throws XmlRpcException {
        Map<String, Object> line = Json.struct("case", name);
        try {
            line.put("value", plain(client.execute(function, arguments)));
        } catch (XmlRpcException error) {
            if (!error.getMessage().contains(" | ERRORCODE: ")) {
                throw error;
            }
            line.put("fault", fault(error));
        }
        System.out.println(Json.write(line));
    }

    private static void cannot(String name, String reason) {
        System.out.println(Json.write(Json.struct("case", name, "cannot", reason)));
    }

    private static Date date(String instant) {
        return Date.from(Instant.parse(instant));
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
            "courses", new Object[] {course(number, "Course " + number, "x", "y")});
    }

    private static void showScalars(XmlRpcClient client) throws XmlRpcException {
        byte[] octets = new byte[256];
        IntStream.range(0, 256).forEach(each -> octets[each] = (byte) each);
        show(client, "int", "interop_echo_int", Long.MAX_VALUE);
        show(client, "int-small", "interop_echo_int", -5);
        show(client, "int-5", "interop_echo_int", 5);
        show(client, "int-32-bits", "interop_echo_int", Integer.MIN_VALUE);
        show(client, "int-33-bits", "interop_echo_int", 2147483648L);
        show(client, "int-54-bits", "interop_echo_int", 9007199254740993L);
        show(client, "int32", "interop_echo_int32", Integer.MIN_VALUE);
        show(client, "double", "interop_echo_double", 0.1);
        show(client, "double-1.5", "interop_echo_double", 1.5);
        show(client, "double-minus-0", "interop_echo_double", -0.0);
        show(client, "decimal", "interop_echo_decimal", "12345678901234567890.12");
        show(client, "decimal-1.50", "interop_echo_decimal", "1.50");
        show(client, "decimal-1E+3", "interop_echo_decimal", "1000");
        show(client, "bool", "interop_echo_bool", true);
        show(client, "bool-false", "interop_echo_bool", false);
        show(client, "text", "interop_echo_text", "\u00e9\u20ac<b>&amp;\"'`]]>\tend");
        show(client, "text-markup", "interop_echo_text", "a<b>&c");
        show(client, "text-emoji", "interop_echo_text", "a\ud83d\ude00b");
        show(client, "text-crlf", "interop_echo_text", "a\r\nb");
        show(client, "text-blanks", "interop_echo_text", "  a  b  ");
        show(client, "text-empty", "interop_echo_text", "");
        show(client, "text-illegal", "interop_illegal_text");
        show(client, "instant", "interop_echo_instant", date("2026-03-01T12:00:00.123Z"));
        show(client, "instant-whole", "interop_echo_instant", date("2026-03-01T12:00:00Z"));
        cannot("instant-zone", "a Date has no zone");
        show(client, "instant-no-zone", "interop_echo_instant", date("2026-03-01T12:00:00.123Z"));
        show(client, "instant-micros", "interop_echo_instant", date("2026-03-01T12:00:00.123456Z"));
        show(client, "day", "interop_echo_day", "2026-03-01");
        show(client, "choice", "interop_echo_level", "high");
        show(client, "choice-low", "interop_echo_level", "low");
        show(client, "bytes", "interop_echo_bytes", octets);
        show(client, "bytes-2", "interop_echo_bytes", new byte[] {0, (byte) 255});
    }

    private static void showStructures(XmlRpcClient client) throws XmlRpcException {
        Object nobody = new Object[0];
        Object ada = Json.struct(
            "id", 1,
            "username", "ada",
            "email", "ada@example.org",
            "active", true,
            "joined", date("2026-03-01T12:00:00.123Z"),
            "courses", new Object[] {course(1, "Algebra & <Logic>", "a", "b"), course(2, "Rhetoric")});
        Object bob = Json.struct("username", "bob", "active", false, "courses", nobody);
        Object crowd = IntStream.range(0, 500).mapToObj(Program::many).toArray();
        show(client, "list", "interop_echo_numbers", (Object) new Object[] {1, -2, 3});
        show(client, "list-one", "interop_echo_numbers", (Object) new Object[] {1});
        show(client, "list-texts", "interop_echo_texts", (Object) new Object[] {"a", "", "b & c"});
        show(client, "list-empty", "interop_echo_numbers", (Object) new Object[0]);
        show(client, "struct", "interop_echo_person", ada);
        show(client, "struct-absent", "interop_echo_person", bob);
        show(client, "struct-default", "interop_echo_person", Json.struct("username", "cal", "courses", nobody));
        show(client, "structs", "interop_echo_people", (Object) new Object[] {ada, bob});
        show(client, "structs-500", "interop_echo_people", crowd);
    }

    private static void showOptionals(XmlRpcClient client) throws XmlRpcException {
        Object given = Json.struct("a", "x", "b", 1, "c", "y", "d", 0, "e", new Object[] {3});
        show(client, "optional-omitted", "interop_optional", "x");
        show(client, "optional-nil", "interop_optional", "x", null, null, null, null);
        show(client, "optional-given", "interop_optional", given);
        show(client, "void", "interop_void", "x");
        show(client, "null", "interop_null");
    }

    private static void showFaults(XmlRpcClient client) throws Exception {
        Object[] accounts = {
            Json.struct("username", "Bad Name", "email", "a@example.org"),
            Json.struct("username", "good", "email", "nowhere"),
        };
        show(client, "fault-problems", "interop_accounts", (Object) accounts);
        show(client, "fault-declared", "interop_fault", "an hour & a <half>");
        show(connect(System.getenv("GATEWAY_BAD_TOKEN")), "fault-token", "interop_echo_int", 1);
        XmlRpcClient byPassword =
            connectWithPassword(System.getenv("GATEWAY_USER"), System.getenv("GATEWAY_PASSWORD"));
        show(byPassword, "password", "interop_echo_int", 1);
    }

    private static void showShipped(XmlRpcClient client) throws XmlRpcException {
        String username = System.getenv("GATEWAY_NAME") + ".jane";
        Object jane = Json.struct(
            "username", username,
            "password", "Corr3ct-horse",
            "firstname", "Jane",
            "lastname", "Doe & S\u00f8n",
            "email", username + "@example.org",
            "city", "Perth");
        show(client, "site-info", "core_webservice_get_site_info");
        show(client, "create-users", "core_user_create_users", (Object) new Object[] {jane});
        show(client, "get-users", "core_user_get_users_by_field", "username", new Object[] {"user01", "nobody"});
        Object[] criteria = {
            Json.struct("key", "username", "value", "user02"),
            Json.struct("key", "lastname", "value", "lind%"),
        };
        Object[] moved = {Json.struct("id", 21, "city", "Perth")};
        show(client, "find-users", "core_user_get_users", (Object) criteria);
        show(client, "update-users", "core_user_update_users", (Object) moved);
        show(client, "delete-users", "core_user_delete_users", (Object) new Object[] {999999});
    }

    private static Object innerCall(String function, Object... arguments) {
        return Json.struct("methodName", function, "params", arguments);
    }

    private static void showSystem(XmlRpcClient client) throws XmlRpcException {
        Object[] calls = {innerCall("interop_echo_int", 5), innerCall("interop_echo_text", "tea")};
        show(client, "methods", "system.listMethods");
        show(client, "method-signature", "system.methodSignature", "interop_optional");
        show(client, "multicall", "system.multicall", (Object) calls);
    }

    public static void main(String[] arguments) throws Exception {
        XmlRpcClient client = connect(System.getenv("GATEWAY_TOKEN"));
        showScalars(client);
        showStructures(client);
        showOptionals(client);
        showFaults(client);
        showShipped(client);
        showSystem(client);
    }
}
