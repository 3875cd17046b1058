import java.math.BigDecimal;
import java.net.URL;
import java.time.Instant;
import java.util.Arrays;
import java.util.Calendar;
import java.util.GregorianCalendar;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.axis.client.Stub;
import org.apache.axis.transport.http.HTTPConstants;
import stubs.*;

/** Calls every case through the classes that WSDL2Java made. */
public final class Program {
    // [docs:connect]
    private static ManifoldPortType connect(String token) throws Exception {
        URL address = new URL(System.getenv("GATEWAY_URL") + "/soap");
        ManifoldPortType port = new ManifoldServiceLocator().getManifoldSoap11(address);
        Hashtable<String, String> headers = new Hashtable<>();
        headers.put("Authorization", "Bearer " + token);
        ((Stub) port)._setProperty(HTTPConstants.REQUEST_HEADERS, headers);
        return port;
    }
    // [docs:end]

    // [docs:password]
    private static ManifoldPortType connectWithPassword() throws Exception {
        URL address = new URL(System.getenv("GATEWAY_URL") + "/soap");
        ManifoldPortType port = new ManifoldServiceLocator().getManifoldSoap11(address);
        ((Stub) port).setUsername(System.getenv("GATEWAY_USER"));
        ((Stub) port).setPassword(System.getenv("GATEWAY_PASSWORD"));
        return port;
    }
    // [docs:end]

    private static void show(String name, Callable<Object> call) throws Exception {
        Map<String, Object> line = Json.struct("case", name);
        // [docs:catch]
        try {
            line.put("value", call.call());
        } catch (ApiFaultDetail fault) {
            line.put("typed", true);
            line.put("fault", fault(fault));
        }
        // [docs:end]
        System.out.println(Json.write(line));
    }

    private static void cannot(String name, String reason) {
        System.out.println(Json.write(Json.struct("case", name, "cannot", reason)));
    }

    // [docs:fault]
    private static Object fault(ApiFaultDetail fault) {
        List<Problem> problems = fault.getProblems() == null ? List.of() : Arrays.asList(fault.getProblems());
        return Json.struct(
            "message", fault.getFaultString(),
            "exception", fault.getException(),
            "errorcode", fault.getErrorcode(),
            "cause", fault.getCause1(), // getCause is Throwable's own
            "problems", Json.list(problems, each -> Json.struct("path", each.getPath(), "problem", each.getProblem())),
            "request_id", fault.getRequest_id());
    }
    // [docs:end]

    private static Object person(InteropPerson person) {
        return Json.struct(
            "id", person.getId(),
            "username", person.getUsername(),
            "email", person.getEmail(),
            "active", person.getActive(),
            "joined", person.getJoined() == null ? null : text(person.getJoined()),
            "courses", Json.list(Arrays.asList(person.getCourses()), Program::course));
    }

    private static Object course(InteropCourse course) {
        List<String> tags = Arrays.asList(course.getTags());
        return Json.struct("id", course.getId(), "name", course.getName(), "tags", tags);
    }

    private static Object people(InteropPerson... people) {
        return Json.list(Arrays.asList(people), Program::person);
    }

    private static Object site(CoreWebserviceSiteInfo info) {
        return Json.struct(
            "sitename", info.getSitename(),
            "username", info.getUsername(),
            "release", info.getRelease(),
            "functions", Json.list(Arrays.asList(info.getFunctions()), each -> Json.struct("name", each.getName())));
    }

    private static Object user(CoreUserUserDetail user) {
        return Json.struct(
            "username", user.getUsername(),
            "fullname", user.getFullname(),
            "country", user.getCountry(),
            "department", user.getDepartment());
    }

    private static Object numbers(long... numbers) {
        return LongStream.of(numbers).boxed().collect(Collectors.toList());
    }

    private static Calendar instant(String text, String zone) {
        Calendar calendar = new GregorianCalendar(TimeZone.getTimeZone(zone));
        calendar.setTimeInMillis(Instant.parse(text).toEpochMilli());
        return calendar;
    }

    private static String text(Calendar instant) {
        return instant.toInstant().toString();
    }

    private static InteropPerson newPerson(
            Long id, String username, String email, Boolean active, InteropCourse... courses) {
        InteropPerson person = new InteropPerson();
        person.setId(id);
        person.setUsername(username);
        person.setEmail(email);
        person.setActive(active);
        person.setCourses(courses);
        return person;
    }

    private static InteropPerson ada() {
        InteropCourse algebra = new InteropCourse(1, "Algebra & <Logic>", new String[] {"a", "b"});
        InteropCourse rhetoric = new InteropCourse(2, "Rhetoric", new String[0]);
        InteropPerson ada = newPerson(1L, "ada", "ada@example.org", true, algebra, rhetoric);
        ada.setJoined(instant("2026-03-01T12:00:00.123Z", "UTC"));
        return ada;
    }

    private static InteropPerson many(int number) {
        InteropCourse course = new InteropCourse(number, "Course " + number, new String[] {"x", "y"});
        String name = "user" + number;
        return newPerson((long) number, name, name + "@example.org", number % 2 == 0, course);
    }

    private static CoreUserNewUser jane() {
        String username = System.getenv("GATEWAY_NAME") + ".jane";
        CoreUserNewUser jane = new CoreUserNewUser();
        jane.setUsername(username);
        jane.setPassword("Corr3ct-horse");
        jane.setFirstname("Jane");
        jane.setLastname("Doe & S\u00f8n");
        jane.setEmail(username + "@example.org");
        jane.setCity("Perth");
        return jane;
    }

    public static void main(String[] arguments) throws Exception {
        ManifoldPortType port = connect(System.getenv("GATEWAY_TOKEN"));
        InteropPerson bob = newPerson(null, "bob", null, false);
        InteropPerson cal = newPerson(null, "cal", null, null);
        byte[] octets = new byte[256];
        IntStream.range(0, 256).forEach(each -> octets[each] = (byte) each);
        String noon = "2026-03-01T12:00:00.123Z";

        show("int", () -> port.interop_echo_int(Long.MAX_VALUE));
        show("int-small", () -> port.interop_echo_int(-5));
        show("int-5", () -> port.interop_echo_int(5));
        show("int-32-bits", () -> port.interop_echo_int(-2147483648L));
        show("int-33-bits", () -> port.interop_echo_int(2147483648L));
        show("int-54-bits", () -> port.interop_echo_int(9007199254740993L));
        show("int32", () -> port.interop_echo_int32(Integer.MIN_VALUE));
        show("double", () -> port.interop_echo_double(0.1));
        show("double-1.5", () -> port.interop_echo_double(1.5));
        show("double-minus-0", () -> port.interop_echo_double(-0.0));
        show("decimal", () -> port.interop_echo_decimal(new BigDecimal("12345678901234567890.12")));
        show("decimal-1.50", () -> port.interop_echo_decimal(new BigDecimal("1.50")));
        show("decimal-1E+3", () -> port.interop_echo_decimal(new BigDecimal("1E+3")));
        show("bool", () -> port.interop_echo_bool(true));
        show("bool-false", () -> port.interop_echo_bool(false));
        show("text", () -> port.interop_echo_text("\u00e9\u20ac<b>&amp;\"'`]]>\tend"));
        show("text-markup", () -> port.interop_echo_text("a<b>&c"));
        show("text-emoji", () -> port.interop_echo_text("a\ud83d\ude00b"));
        show("text-crlf", () -> port.interop_echo_text("a\r\nb"));
        show("text-blanks", () -> port.interop_echo_text("  a  b  "));
        show("text-empty", () -> port.interop_echo_text(""));
        show("text-illegal", () -> port.interop_illegal_text());
        show("instant", () -> text(port.interop_echo_instant(instant(noon, "UTC"))));
        show("instant-whole", () -> text(port.interop_echo_instant(instant("2026-03-01T12:00:00Z", "UTC"))));
        show("instant-zone", () -> text(port.interop_echo_instant(instant(noon, "GMT+2"))));
        cannot("instant-no-zone", "a Calendar has a zone");
        cannot("instant-micros", "a Calendar holds milliseconds");
        show("day", () -> port.interop_echo_day("2026-03-01"));
        show("choice", () -> port.interop_echo_level(InteropLevel.high).getValue());
        show("choice-low", () -> port.interop_echo_level(InteropLevel.low).getValue());
        show("bytes", () -> port.interop_echo_bytes(octets));
        show("bytes-2", () -> port.interop_echo_bytes(new byte[] {0, (byte) 255}));
        show("optional-omitted", () -> port.interop_optional("x", null, null, null, null));
        show("optional-nil", () -> port.interop_optional("x", null, null, null, null));
        show("optional-given", () -> port.interop_optional("x", 1L, "y", 0L, new long[] {3}));
        show("list", () -> numbers(port.interop_echo_numbers(new long[] {1, -2, 3})));
        show("list-one", () -> numbers(port.interop_echo_numbers(new long[] {1})));
        show("list-texts", () -> Arrays.asList(port.interop_echo_texts(new String[] {"a", "", "b & c"})));
        show("list-empty", () -> numbers(port.interop_echo_numbers(new long[0])));
        show("struct", () -> person(port.interop_echo_person(ada())));
        show("struct-absent", () -> person(port.interop_echo_person(bob)));
        show("struct-default", () -> person(port.interop_echo_person(cal)));
        show("structs", () -> people(port.interop_echo_people(new InteropPerson[] {ada(), bob})));
        InteropPerson[] crowd = IntStream.range(0, 500).mapToObj(Program::many).toArray(InteropPerson[]::new);
        show("structs-500", () -> people(port.interop_echo_people(crowd)));
        show("void", () -> {
            port.interop_void("x");
            return null;
        });
        show("null", () -> port.interop_null());
        show("fault-problems", () -> port.interop_accounts(new InteropAccount[] {
            new InteropAccount("Bad Name", "a@example.org"),
            new InteropAccount("good", "nowhere"),
        }));
        show("fault-declared", () -> port.interop_fault("an hour & a <half>"));
        show("fault-token", () -> connect(System.getenv("GATEWAY_BAD_TOKEN")).interop_echo_int(1));
        show("password", () -> connectWithPassword().interop_echo_int(1));
        show("site-info", () -> site(port.core_webservice_get_site_info(null)));
        show("create-users", () -> Json.list(
            Arrays.asList(port.core_user_create_users(new CoreUserNewUser[] {jane()})),
            each -> Json.struct("id", each.getId(), "username", each.getUsername())));
        CoreUserGetUsersByFieldField field = CoreUserGetUsersByFieldField.username;
        show("get-users", () -> Json.list(
            Arrays.asList(port.core_user_get_users_by_field(field, new String[] {"user01", "nobody"})),
            Program::user));
        CoreUserCriterion[] criteria = {
            new CoreUserCriterion("username", "user02"),
            new CoreUserCriterion("lastname", "lind%"),
        };
        show("find-users", () -> Json.struct(
            "users", Json.list(Arrays.asList(port.core_user_get_users(criteria).getUsers()), Program::user)));
        show("update-users", () -> {
            CoreUserChangedUser moved = new CoreUserChangedUser();
            moved.setId(21);
            moved.setCity("Perth");
            port.core_user_update_users(new CoreUserChangedUser[] {moved});
            return null;
        });
        show("delete-users", () -> {
            port.core_user_delete_users(new long[] {999999});
            return null;
        });
    }
}
