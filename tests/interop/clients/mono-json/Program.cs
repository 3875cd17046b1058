using System;
using System.Globalization;
using System.Linq;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Threading.Tasks;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

// [docs:fault]
/// <summary>What a fault says: exception, errorcode, message, cause, problems, request_id.</summary>
public sealed class Fault : Exception {
    public Fault(JObject problem) : base((string) problem["message"]) {
        Problem = problem;
    }

    public JObject Problem { get; }
}
// [docs:end]

/// <summary>Calls every case with HttpClient; Json.NET makes and reads JSON.</summary>
public static class Program {
    // [docs:call]
    private static readonly HttpClient Http = new HttpClient();
    private static readonly JsonSerializerSettings Settings = new JsonSerializerSettings {
        DateParseHandling = DateParseHandling.None, // or texts that look like dates lose their digits
    };

    private static async Task<JToken> Call(AuthenticationHeaderValue who, string function, object arguments) {
        var address = Environment.GetEnvironmentVariable("GATEWAY_URL") + "/rest/" + function;
        var request = new HttpRequestMessage(HttpMethod.Post, address) {
            Content = new StringContent(JsonConvert.SerializeObject(arguments), Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = who;
        var answer = await Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        var found = JsonConvert.DeserializeObject<JToken>(text, Settings);
        if (!answer.IsSuccessStatusCode) {
            throw new Fault((JObject) found);
        }
        return found;
    }
    // [docs:end]

    // [docs:authenticate]
    private static AuthenticationHeaderValue WithToken(string token) {
        return new AuthenticationHeaderValue("Bearer", token);
    }

    private static AuthenticationHeaderValue WithPassword(string username, string password) {
        var pair = Encoding.UTF8.GetBytes(username + ":" + password);
        return new AuthenticationHeaderValue("Basic", Convert.ToBase64String(pair));
    }
    // [docs:end]

    private static readonly AuthenticationHeaderValue Token = WithToken(Variable("GATEWAY_TOKEN"));

    private static string Variable(string name) {
        return Environment.GetEnvironmentVariable(name);
    }

    private static void Show(string name, string function, object arguments, AuthenticationHeaderValue who = null) {
        var line = new JObject { { "case", name } };
        try {
            line["value"] = Call(who ?? Token, function, arguments).GetAwaiter().GetResult();
        } catch (Fault fault) {
            line["fault"] = fault.Problem;
        }
        Console.WriteLine(line.ToString(Formatting.None));
    }

    /// <summary>An instant there and back.</summary>
    private static async Task ShowInstant(string name, DateTime instant) {
        // [docs:dates]
        var text = (string) await Call(Token, "interop_echo_instant", new { value = instant });
        var found = DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind); // in UTC
        // [docs:end]
        var line = new JObject { { "case", name }, { "value", found.ToString("o", CultureInfo.InvariantCulture) } };
        Console.WriteLine(line.ToString(Formatting.None));
    }

    private static object Course(int id, string name, params string[] tags) {
        return new { id, name, tags };
    }

    private static object Many(int number) {
        return new {
            id = number,
            username = "user" + number,
            email = "user" + number + "@example.org",
            active = number % 2 == 0,
            courses = new[] { Course(number, "Course " + number, "x", "y") },
        };
    }

    private static readonly object[] Nobody = new object[0];
    private static readonly DateTime Noon = new DateTime(2026, 3, 1, 12, 0, 0, 123, DateTimeKind.Utc);
    private static readonly object Ada = new {
        id = 1,
        username = "ada",
        email = "ada@example.org",
        active = true,
        joined = Noon,
        courses = new[] { Course(1, "Algebra & <Logic>", "a", "b"), Course(2, "Rhetoric") },
    };
    private static readonly object Bob = new { username = "bob", active = false, courses = Nobody };

    private static void ShowScalars() {
        Show("int", "interop_echo_int", new { value = long.MaxValue });
        Show("int-small", "interop_echo_int", new { value = -5 });
        Show("int-5", "interop_echo_int", new { value = 5 });
        Show("int-32-bits", "interop_echo_int", new { value = int.MinValue });
        Show("int-33-bits", "interop_echo_int", new { value = 2147483648 });
        Show("int-54-bits", "interop_echo_int", new { value = 9007199254740993 });
        Show("int32", "interop_echo_int32", new { value = int.MinValue });
        Show("double", "interop_echo_double", new { value = 0.1 });
        Show("double-1.5", "interop_echo_double", new { value = 1.5 });
        Show("double-minus-0", "interop_echo_double", new { value = -0.0 });
        Show("decimal", "interop_echo_decimal", new { value = 12345678901234567890.12m });
        Show("decimal-1.50", "interop_echo_decimal", new { value = 1.50m });
        Show("decimal-1E+3", "interop_echo_decimal", new { value = 1000m });
        Show("bool", "interop_echo_bool", new { value = true });
        Show("bool-false", "interop_echo_bool", new { value = false });
        Show("day", "interop_echo_day", new { value = "2026-03-01" });
        Show("choice", "interop_echo_level", new { value = "high" });
        Show("choice-low", "interop_echo_level", new { value = "low" });
        Show("bytes", "interop_echo_bytes", new { value = Enumerable.Range(0, 256).Select(each => (byte) each).ToArray() });
        Show("bytes-2", "interop_echo_bytes", new { value = new byte[] { 0, 255 } });
    }

    private static void ShowTexts() {
        Show("text", "interop_echo_text", new { value = "\u00e9\u20ac<b>&amp;\"'`]]>\tend" });
        Show("text-markup", "interop_echo_text", new { value = "a<b>&c" });
        Show("text-emoji", "interop_echo_text", new { value = "a\ud83d\ude00b" });
        Show("text-crlf", "interop_echo_text", new { value = "a\r\nb" });
        Show("text-blanks", "interop_echo_text", new { value = "  a  b  " });
        Show("text-empty", "interop_echo_text", new { value = "" });
        Show("text-illegal", "interop_illegal_text", new { });
    }

    private static async Task ShowInstants() {
        await ShowInstant("instant", Noon);
        await ShowInstant("instant-whole", Noon.AddMilliseconds(-123));
        await ShowInstant("instant-zone", Noon.ToLocalTime()); // run in a zone of +02:00
        await ShowInstant("instant-no-zone", DateTime.SpecifyKind(Noon, DateTimeKind.Unspecified));
        await ShowInstant("instant-micros", Noon.AddTicks(4560));
    }

    private static void ShowStructures() {
        string none = null;
        Show("optional-omitted", "interop_optional", new { a = "x" });
        Show("optional-nil", "interop_optional", new { a = "x", b = none, c = none, d = none, e = none });
        Show("optional-given", "interop_optional", new { a = "x", b = 1, c = "y", d = 0, e = new[] { 3 } });
        Show("list", "interop_echo_numbers", new { values = new[] { 1, -2, 3 } });
        Show("list-one", "interop_echo_numbers", new { values = new[] { 1 } });
        Show("list-texts", "interop_echo_texts", new { values = new[] { "a", "", "b & c" } });
        Show("list-empty", "interop_echo_numbers", new { values = new int[0] });
        Show("struct", "interop_echo_person", new { person = Ada });
        Show("struct-absent", "interop_echo_person", new { person = Bob });
        Show("struct-default", "interop_echo_person", new { person = new { username = "cal", courses = Nobody } });
        Show("structs", "interop_echo_people", new { people = new[] { Ada, Bob } });
        Show("structs-500", "interop_echo_people", new { people = Enumerable.Range(0, 500).Select(Many) });
        Show("void", "interop_void", new { value = "x" });
        Show("null", "interop_null", new { });
    }

    private static void ShowFaults() {
        var accounts = new[] {
            new { username = "Bad Name", email = "a@example.org" },
            new { username = "good", email = "nowhere" },
        };
        Show("fault-problems", "interop_accounts", new { accounts });
        Show("fault-declared", "interop_fault", new { text = "an hour & a <half>" });
        Show("fault-token", "interop_echo_int", new { value = 1 }, WithToken(Variable("GATEWAY_BAD_TOKEN")));
        var login = WithPassword(Variable("GATEWAY_USER"), Variable("GATEWAY_PASSWORD"));
        Show("password", "interop_echo_int", new { value = 1 }, login);
    }

    private static void ShowShipped() {
        var jane = new {
            username = Variable("GATEWAY_NAME") + ".jane",
            password = "Corr3ct-horse",
            firstname = "Jane",
            lastname = "Doe & S\u00f8n",
            email = Variable("GATEWAY_NAME") + ".jane@example.org",
            city = "Perth",
        };
        Show("site-info", "core_webservice_get_site_info", new { });
        Show("create-users", "core_user_create_users", new { users = new[] { jane } });
        var wanted = new { field = "username", values = new[] { "user01", "nobody" } };
        Show("get-users", "core_user_get_users_by_field", wanted);
        var criteria = new[] {
            new { key = "username", value = "user02" },
            new { key = "lastname", value = "lind%" },
        };
        Show("find-users", "core_user_get_users", new { criteria });
        Show("update-users", "core_user_update_users", new { users = new[] { new { id = 21, city = "Perth" } } });
        Show("delete-users", "core_user_delete_users", new { userids = new[] { 999999 } });
    }

    public static void Main() {
        ShowScalars();
        ShowTexts();
        ShowInstants().GetAwaiter().GetResult();
        ShowStructures();
        ShowFaults();
        ShowShipped();
    }
}
