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
import java.util.Map;
import java.util.Set;

/** Calls every case with the HttpClient of the JDK; Gson makes and reads JSON. */
public final class Program extends Cases {
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

    private static Instant echo(String authorization, Instant instant) throws Exception {
        // [docs:dates]
        JsonElement found = call(authorization, "interop_echo_instant", Map.of("value", instant.toString()));
        Instant received = Instant.parse(found.getAsString());
        // [docs:end]
        return received;
    }

    private final String token = withToken(System.getenv("GATEWAY_TOKEN"));
    private final Map<String, String> others = Map.of(
        "fault-token", withToken(System.getenv("GATEWAY_BAD_TOKEN")),
        "password", withPassword(System.getenv("GATEWAY_USER"), System.getenv("GATEWAY_PASSWORD")));

    /** An Instant is written in UTC; one in another zone, or in none, goes as a text. */
    private static final Set<String> INSTANTS = Set.of("instant", "instant-whole", "instant-micros");

    @Override
    Map<String, Object> outcome(String name, String function, Map<String, Object> arguments) throws Exception {
        if (INSTANTS.contains(name)) {
            return Json.struct("value", echo(token, Instant.parse((String) arguments.get("value"))).toString());
        }
        try {
            return Json.struct("value", call(others.getOrDefault(name, token), function, arguments));
        } catch (Fault fault) {
            return Json.struct("fault", fault.problem);
        }
    }

    /** Gson's own values are among the members. */
    @Override
    String write(Map<String, Object> line) {
        return GSON.toJson(line);
    }

    public static void main(String[] arguments) throws Exception {
        new Program().run();
    }
}
