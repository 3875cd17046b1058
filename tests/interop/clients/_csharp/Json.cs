using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

/// <summary>Writes the lines that the runner reads.</summary>
public static class Json {
    /// <summary>A structure: names and values in turn.</summary>
    public static IDictionary<string, object> Struct(params object[] namesAndValues) {
        var members = new Dictionary<string, object>();
        for (var i = 0; i < namesAndValues.Length; i += 2) {
            members[(string) namesAndValues[i]] = namesAndValues[i + 1];
        }
        return members;
    }

    public static string Instant(DateTime value) {
        return value.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);
    }

    private static string Number(double value) {
        if (value == 0) return 1 / value < 0 ? "-0.0" : "0.0";
        return value.ToString("R", CultureInfo.InvariantCulture);
    }

    public static string Write(object value) {
        if (value == null) return "null";
        if (value is bool) return (bool) value ? "true" : "false";
        if (value is double) return Number((double) value);
        if (value is DateTime) return Quote(Instant((DateTime) value));
        if (value is byte[]) return Quote(Convert.ToBase64String((byte[]) value));
        if (value is string || value is decimal || value is Enum) {
            return Quote(Convert.ToString(value, CultureInfo.InvariantCulture));
        }
        var members = value as IDictionary<string, object>;
        if (members != null) {
            return "{" + string.Join(",", members.Select(each => Quote(each.Key) + ":" + Write(each.Value))) + "}";
        }
        var items = value as IEnumerable;
        if (items != null) return "[" + string.Join(",", items.Cast<object>().Select(Write)) + "]";
        return Convert.ToString(value, CultureInfo.InvariantCulture);
    }

    private static string Quote(string text) {
        var quoted = new StringBuilder("\"");
        foreach (var each in text) {
            var plain = each >= ' ' && each <= '~' && each != '"' && each != '\\';
            quoted.Append(plain ? each.ToString() : "\\u" + ((int) each).ToString("x4"));
        }
        return quoted.Append('"').ToString();
    }
}
