import java.io.File;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.IntStream;
import javax.xml.datatype.DatatypeFactory;
import javax.xml.datatype.XMLGregorianCalendar;
import javax.xml.ws.BindingProvider;
import javax.xml.ws.handler.MessageContext;
import stubs.*;

/** Calls every case through the classes that wsimport made. */
public final class Program {
    // [docs:connect]
    private static ManifoldPortType connect(String token) throws Exception {
        ManifoldService service = new ManifoldService(new File("gateway.wsdl").toURI().toURL());
        ManifoldPortType port = service.getPort(ManifoldPortType.class);
        Map<String, Object> context = ((BindingProvider) port).getRequestContext();
        context.put(BindingProvider.ENDPOINT_ADDRESS_PROPERTY, System.getenv("GATEWAY_URL") + "/soap");
        Map<String, List<String>> headers = new HashMap<>(); // CXF adds its own
        headers.put("Authorization", List.of("Bearer " + token));
        context.put(MessageContext.HTTP_REQUEST_HEADERS, headers);
        context.put("set-jaxb-validation-event-handler", "false"); // or CXF's stubs refuse a later release's members
        return port;
    }
    // [docs:end]

    // [docs:password]
    private static ManifoldPortType connectWithPassword() throws Exception {
        ManifoldService service = new ManifoldService(new File("gateway.wsdl").toURI().toURL());
        ManifoldPortType port = service.getPort(ManifoldPortType.class);
        Map<String, Object> context = ((BindingProvider) port).getRequestContext();
        context.put(BindingProvider.ENDPOINT_ADDRESS_PROPERTY, System.getenv("GATEWAY_URL") + "/soap");
        context.put(BindingProvider.USERNAME_PROPERTY, System.getenv("GATEWAY_USER"));
        context.put(BindingProvider.PASSWORD_PROPERTY, System.getenv("GATEWAY_PASSWORD"));
        return port;
    }
    // [docs:end]

    private static void show(String name, Callable<Object> call) throws Exception {
        Map<String, Object> line = Json.struct("case", name);
        // [docs:catch]
        try {
            line.put("value", call.call());
        } catch (ApiFault fault) {
            line.put("typed", true);
            line.put("fault", fault(fault));
        }
        // [docs:end]
        System.out.println(Json.write(line));
    }

    // [docs:fault]
    private static Object fault(ApiFault fault) {
        ApiFaultDetail detail = fault.getFaultInfo();
        List<Problem> problems = detail.getProblems() == null ? List.of() : detail.getProblems().getProblem();
        return Json.struct(
            "message", fault.getMessage(),
            "exception", detail.getException(),
            "errorcode", detail.getErrorcode(),
            "cause", detail.getCause(),
            "problems", Json.list(problems, each -> Json.struct("path", each.getPath(), "problem", each.getProblem())),
            "request_id", detail.getRequestId());
    }
    // [docs:end]

    private static Object person(InteropPerson person) {
        return Json.struct(
            "id", person.getId(),
            "username", person.getUsername(),
            "email", person.getEmail(),
            "active", person.isActive(),
            "joined", person.getJoined() == null ? null : person.getJoined().toXMLFormat(),
            "courses", Json.list(person.getCourses().getInteropCourse(), Program::course));
    }

    private static Object course(InteropCourse course) {
        return Json.struct("id", course.getId(), "name", course.getName(), "tags", course.getTags().getString());
    }

    private static Object people(ArrayOfInteropPerson people) {
        return Json.list(people.getInteropPerson(), Program::person);
    }

    private static Object site(CoreWebserviceSiteInfo info) {
        Function<CoreWebserviceSiteFunction, Object> form = each -> Json.struct("name", each.getName());
        return Json.struct(
            "sitename", info.getSitename(),
            "username", info.getUsername(),
            "release", info.getRelease(),
            "functions", Json.list(info.getFunctions().getCoreWebserviceSiteFunction(), form));
    }

    private static Object user(CoreUserUserDetail user) {
        return Json.struct(
            "username", user.getUsername(),
            "fullname", user.getFullname(),
            "country", user.getCountry(),
            "department", user.getDepartment());
    }

    // [docs:instant]
    private static XMLGregorianCalendar instant(String text) throws Exception {
        return DatatypeFactory.newInstance().newXMLGregorianCalendar(text);
    }
    // [docs:end]

    // [docs:lists]
    private static ArrayOfLong longs(Long... values) {
        ArrayOfLong array = new ArrayOfLong();
        array.getLong().addAll(Arrays.asList(values));
        return array;
    }
    // [docs:end]

    private static ArrayOfString strings(String... values) {
        ArrayOfString array = new ArrayOfString();
        array.getString().addAll(Arrays.asList(values));
        return array;
    }

    private static InteropCourse newCourse(int id, String name, String... tags) {
        InteropCourse course = new InteropCourse();
        course.setId(id);
        course.setName(name);
        course.setTags(strings(tags));
        return course;
    }

    private static InteropPerson newPerson(
            Long id, String username, String email, Boolean active, InteropCourse... courses) {
        InteropPerson person = new InteropPerson();
        person.setId(id);
        person.setUsername(username);
        person.setEmail(email);
        person.setActive(active);
        person.setCourses(new ArrayOfInteropCourse());
        person.getCourses().getInteropCourse().addAll(Arrays.asList(courses));
        return person;
    }

    private static InteropPerson ada() throws Exception {
        // [docs:struct]
        InteropCourse algebra = newCourse(1, "Algebra & <Logic>", "a", "b");
        InteropPerson ada = newPerson(1L, "ada", "ada@example.org", true, algebra, newCourse(2, "Rhetoric"));
        ada.setJoined(instant("2026-03-01T12:00:00.123Z"));
        // [docs:end]
        return ada;
    }

    private static InteropPerson many(int number) {
        InteropCourse course = newCourse(number, "Course " + number, "x", "y");
        String name = "user" + number;
        return newPerson((long) number, name, name + "@example.org", number % 2 == 0, course);
    }

    private static ArrayOfInteropPerson newPeople(InteropPerson... people) {
        ArrayOfInteropPerson array = new ArrayOfInteropPerson();
        array.getInteropPerson().addAll(Arrays.asList(people));
        return array;
    }

    private static InteropAccount newAccount(String username, String email) {
        InteropAccount account = new InteropAccount();
        account.setUsername(username);
        account.setEmail(email);
        return account;
    }

    private static ArrayOfInteropAccount badAccounts() {
        ArrayOfInteropAccount accounts = new ArrayOfInteropAccount();
        accounts.getInteropAccount().add(newAccount("Bad Name", "a@example.org"));
        accounts.getInteropAccount().add(newAccount("good", "nowhere"));
        return accounts;
    }

    private static CoreUserCriterion newCriterion(String key, String value) {
        CoreUserCriterion criterion = new CoreUserCriterion();
        criterion.setKey(key);
        criterion.setValue(value);
        return criterion;
    }

    private static ArrayOfCoreUserNewUser jane() {
        String username = System.getenv("GATEWAY_NAME") + ".jane";
        CoreUserNewUser jane = new CoreUserNewUser();
        jane.setUsername(username);
        jane.setPassword("Corr3ct-horse");
        jane.setFirstname("Jane");
        jane.setLastname("Doe & S\u00f8n");
        jane.setEmail(username + "@example.org");
        jane.setCity("Perth");
        ArrayOfCoreUserNewUser users = new ArrayOfCoreUserNewUser();
        users.getCoreUserNewUser().add(jane);
        return users;
    }

    public static void main(String[] arguments) throws Exception {
        ManifoldPortType port = connect(System.getenv("GATEWAY_TOKEN"));
        InteropPerson bob = newPerson(null, "bob", null, false);
        InteropPerson cal = newPerson(null, "cal", null, null);
        byte[] octets = new byte[256];
        IntStream.range(0, 256).forEach(each -> octets[each] = (byte) each);

        show("int", () -> port.interopEchoInt(Long.MAX_VALUE));
        show("int-small", () -> port.interopEchoInt(-5));
        show("int-5", () -> port.interopEchoInt(5));
        show("int-32-bits", () -> port.interopEchoInt(-2147483648L));
        show("int-33-bits", () -> port.interopEchoInt(2147483648L));
        show("int-54-bits", () -> port.interopEchoInt(9007199254740993L));
        show("int32", () -> port.interopEchoInt32(Integer.MIN_VALUE));
        show("double", () -> port.interopEchoDouble(0.1));
        show("double-1.5", () -> port.interopEchoDouble(1.5));
        show("double-minus-0", () -> port.interopEchoDouble(-0.0));
        show("decimal", () -> port.interopEchoDecimal(new BigDecimal("12345678901234567890.12")));
        show("decimal-1.50", () -> port.interopEchoDecimal(new BigDecimal("1.50")));
        show("decimal-1E+3", () -> port.interopEchoDecimal(new BigDecimal("1E+3")));
        show("bool", () -> port.interopEchoBool(true));
        show("bool-false", () -> port.interopEchoBool(false));
        show("text", () -> port.interopEchoText("\u00e9\u20ac<b>&amp;\"'`]]>\tend"));
        show("text-markup", () -> port.interopEchoText("a<b>&c"));
        show("text-emoji", () -> port.interopEchoText("a\ud83d\ude00b"));
        show("text-crlf", () -> port.interopEchoText("a\r\nb"));
        show("text-blanks", () -> port.interopEchoText("  a  b  "));
        show("text-empty", () -> port.interopEchoText(""));
        show("text-illegal", () -> port.interopIllegalText());
        show("instant", () -> port.interopEchoInstant(instant("2026-03-01T12:00:00.123Z")).toXMLFormat());
        show("instant-whole", () -> port.interopEchoInstant(instant("2026-03-01T12:00:00Z")).toXMLFormat());
        show("instant-zone", () -> port.interopEchoInstant(instant("2026-03-01T14:00:00.123+02:00")).toXMLFormat());
        show("instant-no-zone", () -> port.interopEchoInstant(instant("2026-03-01T12:00:00.123")).toXMLFormat());
        show("instant-micros", () -> port.interopEchoInstant(instant("2026-03-01T12:00:00.123456Z")).toXMLFormat());
        show("day", () -> port.interopEchoDay("2026-03-01"));
        show("choice", () -> port.interopEchoLevel(InteropLevel.HIGH).value());
        show("choice-low", () -> port.interopEchoLevel(InteropLevel.LOW).value());
        show("bytes", () -> port.interopEchoBytes(octets));
        show("bytes-2", () -> port.interopEchoBytes(new byte[] {0, (byte) 255}));
        show("optional-omitted", () -> port.interopOptional("x", null, null, null, null));
        show("optional-nil", () -> port.interopOptional("x", null, null, null, null));
        // [docs:call]
        show("optional-given", () -> port.interopOptional("x", 1L, "y", 0L, longs(3L)));
        // [docs:end]
        show("list", () -> port.interopEchoNumbers(longs(1L, -2L, 3L)).getLong());
        show("list-one", () -> port.interopEchoNumbers(longs(1L)).getLong());
        show("list-texts", () -> port.interopEchoTexts(strings("a", "", "b & c")).getString());
        show("list-empty", () -> port.interopEchoNumbers(longs()).getLong());
        show("struct", () -> person(port.interopEchoPerson(ada())));
        show("struct-absent", () -> person(port.interopEchoPerson(bob)));
        show("struct-default", () -> person(port.interopEchoPerson(cal)));
        show("structs", () -> people(port.interopEchoPeople(newPeople(ada(), bob))));
        InteropPerson[] crowd = IntStream.range(0, 500).mapToObj(Program::many).toArray(InteropPerson[]::new);
        show("structs-500", () -> people(port.interopEchoPeople(newPeople(crowd))));
        show("void", () -> {
            port.interopVoid("x");
            return null;
        });
        show("null", () -> port.interopNull());
        show("fault-problems", () -> port.interopAccounts(badAccounts()));
        show("fault-declared", () -> port.interopFault("an hour & a <half>"));
        show("fault-token", () -> connect(System.getenv("GATEWAY_BAD_TOKEN")).interopEchoInt(1));
        show("password", () -> connectWithPassword().interopEchoInt(1));
        show("site-info", () -> site(port.coreWebserviceGetSiteInfo(null)));
        show("create-users", () -> Json.list(
            port.coreUserCreateUsers(jane()).getCoreUserCreatedUser(),
            each -> Json.struct("id", each.getId(), "username", each.getUsername())));
        CoreUserGetUsersByFieldField field = CoreUserGetUsersByFieldField.USERNAME;
        show("get-users", () -> Json.list(
            port.coreUserGetUsersByField(field, strings("user01", "nobody")).getCoreUserUserDetail(),
            Program::user));
        ArrayOfCoreUserCriterion criteria = new ArrayOfCoreUserCriterion();
        criteria.getCoreUserCriterion().add(newCriterion("username", "user02"));
        criteria.getCoreUserCriterion().add(newCriterion("lastname", "lind%"));
        show("find-users", () -> Json.struct("users", Json.list(
            port.coreUserGetUsers(criteria).getUsers().getCoreUserUserDetail(), Program::user)));
        show("update-users", () -> {
            CoreUserChangedUser moved = new CoreUserChangedUser();
            moved.setId(21);
            moved.setCity("Perth");
            ArrayOfCoreUserChangedUser users = new ArrayOfCoreUserChangedUser();
            users.getCoreUserChangedUser().add(moved);
            port.coreUserUpdateUsers(users);
            return null;
        });
        show("delete-users", () -> {
            port.coreUserDeleteUsers(longs(999999L));
            return null;
        });
    }
}
