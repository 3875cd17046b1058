import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Writes the lines that the runner reads. */
final class Json {
    private Json() {
    }

    /** A structure: names and values in turn. */
    static Map<String, Object> struct(Object... namesAndValues) {
        Map<String, Object> members = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            members.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return members;
    }

    /** A list, each item as JSON needs it. */
    static <T> List<Object> list(Iterable<T> items, Function<T, Object> form) {
        List<Object> found = new ArrayList<>();
        for (T item : items) {
            found.add(form.apply(item));
        }
        return found;
    }

    static String write(Object value) {
        if (value instanceof byte[]) {
            return quote(Base64.getEncoder().encodeToString((byte[]) value));
        }
        if (value == null || value instanceof Boolean || (value instanceof Number && !(value instanceof BigDecimal))) {
            return String.valueOf(value);
        }
        if (value instanceof Map) {
            List<String> members = new ArrayList<>();
            ((Map<?, ?>) value).forEach((name, each) -> members.add(quote((String) name) + ":" + write(each)));
            return "{" + String.join(",", members) + "}";
        }
        if (value instanceof Iterable) {
            List<String> items = new ArrayList<>();
            ((Iterable<?>) value).forEach(each -> items.add(write(each)));
            return "[" + String.join(",", items) + "]";
        }
        return quote(value instanceof BigDecimal ? ((BigDecimal) value).toPlainString() : (String) value);
    }

    private static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char each : text.toCharArray()) {
            if (each < 0x20 || each > 0x7e || each == '"' || each == '\\') {
                quoted.append(String.format("\\u%04x", (int) each));
            } else {
                quoted.append(each);
            }
        }
        return quoted.append('"').toString();
    }
}
