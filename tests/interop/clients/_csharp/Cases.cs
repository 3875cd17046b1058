using System;
using System.Linq;
using Stubs;
using manifold.api;

/// <summary>
/// Calls every case. The other half of the class is the toolchain's own: Connect, ConnectWithPassword, ReadFault, Longs,
/// Strings, Optional.
/// </summary>
public static partial class Program {
    private static void Show(string name, Func<object> call) {
        var line = Json.Struct("case", name);
        try {
            line["value"] = call();
        } catch (Exception error) {
            ReadFault(error, line);
        }
        Console.WriteLine(Json.Write(line));
    }

    private static object ShowPerson(InteropPerson person) {
        return Json.Struct(
            "id", person.id,
            "username", person.username,
            "email", person.email,
            "active", person.active,
            "joined", person.joined,
            "courses", person.courses.Select(ShowCourse));
    }

    private static object ShowCourse(InteropCourse course) {
        return Json.Struct("id", course.id, "name", course.name, "tags", course.tags);
    }

    private static object ShowSite(CoreWebserviceSiteInfo info) {
        return Json.Struct(
            "sitename", info.sitename,
            "username", info.username,
            "release", info.release,
            "functions", info.functions.Select(each => Json.Struct("name", each.name)));
    }

    private static object ShowUser(CoreUserUserDetail user) {
        return Json.Struct(
            "username", user.username,
            "fullname", user.fullname,
            "country", user.country,
            "department", user.department);
    }

    private static InteropCourse NewCourse(int id, string name, params string[] tags) {
        return new InteropCourse { id = id, name = name, tags = Strings(tags) };
    }

    private static InteropPerson Many(int number) {
        return new InteropPerson {
            id = number,
            username = "user" + number,
            email = "user" + number + "@example.org",
            active = number % 2 == 0,
            courses = new[] { NewCourse(number, "Course " + number, "x", "y") },
        };
    }

    private static readonly DateTime Noon = new DateTime(2026, 3, 1, 12, 0, 0, 123, DateTimeKind.Utc);

    public static void Main() {
        var port = Connect(Environment.GetEnvironmentVariable("GATEWAY_TOKEN"));
        var stranger = Connect(Environment.GetEnvironmentVariable("GATEWAY_BAD_TOKEN"));
        var nobody = new InteropCourse[0];
        // [docs:call]
        var ada = new InteropPerson {
            id = 1,
            username = "ada",
            email = "ada@example.org",
            active = true,
            joined = Noon,
            courses = new[] { NewCourse(1, "Algebra & <Logic>", "a", "b"), NewCourse(2, "Rhetoric") },
        };
        // [docs:end]
        var bob = new InteropPerson { username = "bob", active = false, courses = nobody };
        var cal = new InteropPerson { username = "cal", courses = nobody };
        var name = Environment.GetEnvironmentVariable("GATEWAY_NAME");
        var jane = new CoreUserNewUser {
            username = name + ".jane",
            password = "Corr3ct-horse",
            firstname = "Jane",
            lastname = "Doe & S\u00f8n",
            email = name + ".jane@example.org",
            city = "Perth",
        };

        Show("int", () => port.interop_echo_int(long.MaxValue));
        Show("int-small", () => port.interop_echo_int(-5));
        Show("int-5", () => port.interop_echo_int(5));
        Show("int-32-bits", () => port.interop_echo_int(int.MinValue));
        Show("int-33-bits", () => port.interop_echo_int(2147483648));
        Show("int-54-bits", () => port.interop_echo_int(9007199254740993));
        Show("int32", () => port.interop_echo_int32(int.MinValue));
        Show("double", () => port.interop_echo_double(0.1));
        Show("double-1.5", () => port.interop_echo_double(1.5));
        Show("double-minus-0", () => port.interop_echo_double(-0.0));
        Show("decimal", () => port.interop_echo_decimal(12345678901234567890.12m));
        Show("decimal-1.50", () => port.interop_echo_decimal(1.50m));
        Show("decimal-1E+3", () => port.interop_echo_decimal(1000m));
        Show("bool", () => port.interop_echo_bool(true));
        Show("bool-false", () => port.interop_echo_bool(false));
        Show("text", () => port.interop_echo_text("\u00e9\u20ac<b>&amp;\"'`]]>\tend"));
        Show("text-markup", () => port.interop_echo_text("a<b>&c"));
        Show("text-emoji", () => port.interop_echo_text("a\ud83d\ude00b"));
        Show("text-crlf", () => port.interop_echo_text("a\r\nb"));
        Show("text-blanks", () => port.interop_echo_text("  a  b  "));
        Show("text-empty", () => port.interop_echo_text(""));
        Show("text-illegal", () => port.interop_illegal_text());
        Show("instant", () => port.interop_echo_instant(Noon));
        Show("instant-whole", () => port.interop_echo_instant(Noon.AddMilliseconds(-123)));
        Show("instant-zone", () => port.interop_echo_instant(Noon.ToLocalTime())); // run in a zone of +02:00
        Show("instant-no-zone", () => port.interop_echo_instant(DateTime.SpecifyKind(Noon, DateTimeKind.Unspecified)));
        Show("instant-micros", () => port.interop_echo_instant(Noon.AddTicks(4560)));
        Show("day", () => port.interop_echo_day("2026-03-01"));
        Show("choice", () => port.interop_echo_level(InteropLevel.high));
        Show("choice-low", () => port.interop_echo_level(InteropLevel.low));
        Show("bytes", () => port.interop_echo_bytes(Enumerable.Range(0, 256).Select(each => (byte) each).ToArray()));
        Show("bytes-2", () => port.interop_echo_bytes(new byte[] { 0, 255 }));
        Show("optional-omitted", () => Optional(port, "x", null, null, null, null));
        Show("optional-nil", () => OptionalNil(port));
        Show("optional-given", () => Optional(port, "x", 1, "y", 0, Longs(3)));
        // [docs:use]
        Show("list", () => port.interop_echo_numbers(Longs(1, -2, 3)));
        Show("list-one", () => port.interop_echo_numbers(Longs(1)));
        // [docs:end]
        Show("list-texts", () => port.interop_echo_texts(Strings("a", "", "b & c")));
        Show("list-empty", () => port.interop_echo_numbers(Longs()));
        Show("struct", () => ShowPerson(port.interop_echo_person(ada)));
        Show("struct-absent", () => ShowPerson(port.interop_echo_person(bob)));
        Show("struct-default", () => ShowPerson(port.interop_echo_person(cal)));
        Show("structs", () => port.interop_echo_people(new[] { ada, bob }).Select(ShowPerson));
        var crowd = Enumerable.Range(0, 500).Select(Many).ToArray();
        Show("structs-500", () => port.interop_echo_people(crowd).Select(ShowPerson));
        Show("void", () => {
            port.interop_void("x");
            return null;
        });
        Show("null", () => port.interop_null());
        Show("fault-problems", () => port.interop_accounts(new[] {
            new InteropAccount { username = "Bad Name", email = "a@example.org" },
            new InteropAccount { username = "good", email = "nowhere" },
        }));
        Show("fault-declared", () => port.interop_fault("an hour & a <half>"));
        Show("fault-token", () => stranger.interop_echo_int(1));
        Show("password", () => ConnectWithPassword().interop_echo_int(1));
        Show("site-info", () => ShowSite(port.core_webservice_get_site_info(null)));
        Show("create-users", () => port.core_user_create_users(new[] { jane })
            .Select(each => Json.Struct("id", each.id, "username", each.username)));
        Show("get-users", () => port.core_user_get_users_by_field(
            CoreUserGetUsersByFieldField.username, Strings("user01", "nobody")).Select(ShowUser));
        Show("find-users", () => Json.Struct("users", port.core_user_get_users(new[] {
            new CoreUserCriterion { key = "username", value = "user02" },
            new CoreUserCriterion { key = "lastname", value = "lind%" },
        }).users.Select(ShowUser)));
        Show("update-users", () => {
            port.core_user_update_users(new[] { new CoreUserChangedUser { id = 21, city = "Perth" } });
            return null;
        });
        Show("delete-users", () => {
            port.core_user_delete_users(Longs(999999));
            return null;
        });
    }
}
