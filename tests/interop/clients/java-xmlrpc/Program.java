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
public final class Program extends Cases {
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

    private final XmlRpcClient gateway = connect(System.getenv("GATEWAY_TOKEN"));
    private final Map<String, XmlRpcClient> others = Map.of(
        "fault-token", connect(System.getenv("GATEWAY_BAD_TOKEN")),
        "password", connectWithPassword(System.getenv("GATEWAY_USER"), System.getenv("GATEWAY_PASSWORD")));

    private Program() throws IOException {
    }

    /** Arguments go by position, or all in one structure. */
    @Override
    Map<String, Object> outcome(String name, String function, Map<String, Object> arguments) throws XmlRpcException {
        boolean named = name.equals("optional-given");
        Object[] sent = named ? new Object[] {arguments} : arguments.values().toArray();
        try {
            return Json.struct("value", plain(others.getOrDefault(name, gateway).execute(function, sent)));
        } catch (XmlRpcException error) {
            if (!error.getMessage().contains(" | ERRORCODE: ")) {
                throw error;
            }
            return Json.struct("fault", fault(error));
        }
    }

    @Override
    Object instant(String text) {
        return Date.from(Instant.parse(text));
    }

    /** The library writes no zone at all. */
    @Override
    Object local(String text) {
        return instant(text + "Z");
    }

    @Override
    Object octets(byte[] value) {
        return value;
    }

    @Override
    Map<String, String> cannot() {
        return Map.of("instant-zone", "a Date has no zone");
    }

    @Override
    void own() {
        Object calls = list(
            Json.struct("methodName", "interop_echo_int", "params", list(5)),
            Json.struct("methodName", "interop_echo_text", "params", list("tea")));
        add("methods", "system.listMethods");
        add("method-signature", "system.methodSignature", "name", "interop_optional");
        add("multicall", "system.multicall", "calls", calls);
    }

    public static void main(String[] arguments) throws Exception {
        new Program().run();
    }
}
